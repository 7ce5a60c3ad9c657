import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@vfleet/process/clock';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { isAway, virshOn, wordsOf } from './virsh.ts';
import { withFiles } from './with-files.ts';

const clock = systemClock();
let folder: string;

/** A virsh that does what a shell script says. */
function install(script: string): void {
  writeFileSync(join(folder, 'virsh'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'virsh'), 0o755);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vfleet-virsh-'));
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

it('is called with the connection and the arguments as they are, in English', async () => {
  install('for each in "$@"; do echo "[$each]"; done; echo "$LC_ALL"');
  const { stdout } = await virshOn('qemu:///system', { clock, lockDir: folder }).ask([
    'metadata',
    'a "b" $c',
    "--set <vm id='x'/>",
  ]);
  expect(stdout.trim().split('\n')).toEqual([
    ...['[-q]', '[-c]', '[qemu:///system]', '[metadata]', '[a "b" $c]', "[--set <vm id='x'/>]", 'C'],
  ]);
});

it('is given XML in a file without a name that nobody else can read', async () => {
  install('cat "$5"; stat -L -c "%a %h" "$5"; echo "$5" >&2');
  const virsh = virshOn('test:///default', { clock, lockDir: folder });
  const xml = '<domain/>\n';
  expect(await virsh.act(['create', { xml }])).toMatchObject({ stdout: `${xml}600 0\n`, stderr: '/dev/stdin' });
  expect(await virsh.act(['create', { xml }], 'vm-1')).toMatchObject({ stdout: `${xml}600 0\n` });
});

it('brings something under a lock that tells every agent of it, until virsh has ended', async () => {
  install('while [ ! -e "$(dirname "$0")/end" ]; do sleep 0.05; done');
  const lockDir = join(folder, 'run', 'locks');
  const virsh = virshOn('test:///default', { clock, lockDir });
  const next = virshOn('test:///default', { clock, lockDir });
  expect(await next.isBringingTo('vm-1')).toBe(false);
  const both = [virsh.act(['create'], 'vm-1'), virsh.act(['attach-device'], 'vm-1')];
  await vi.waitFor(async () => expect(await next.isBringingTo('vm-1')).toBe(true), { timeout: 20_000 });
  expect(await Promise.all([next.isBringingTo('vm-1'), next.isBringingTo('vm-2')])).toEqual([true, false]);
  writeFileSync(join(folder, 'end'), '');
  expect(await Promise.all(both)).toMatchObject([{ exitCode: 0 }, { exitCode: 0 }]);
  expect(await Promise.all([next.isBringingTo('vm-1'), next.isBringingTo('vm-1')])).toEqual([false, false]);
});

it('leaves no file while it runs, nor when the work throws', async () => {
  vi.stubEnv('TMPDIR', folder);
  const files = () => readdirSync(folder).filter((name) => name.startsWith('vfleet-domain'));
  const work = async (texts: readonly string[]) => {
    expect([texts, files()]).toEqual([['create', '/dev/stdin'], []]);
    throw new Error('no virsh');
  };
  await expect(withFiles(['create', { xml: '<a/>' }], work)).rejects.toThrow('no virsh');
  expect(files()).toEqual([]);
});

it('tells lines as they come, however they are cut, and ends when it is stopped', async () => {
  install('printf "one\\ntw"; printf "o\\n"; exec sleep 1000');
  const lines: string[] = [];
  const following = virshOn('test:///default', { clock, lockDir: folder }).follow(['event'], (line) =>
    lines.push(line),
  );
  await vi.waitFor(() => expect(lines).toEqual(['one', 'two']), { timeout: 20_000 });
  following.stop();
  await following.ended;
});

it('leaves nothing that follows behind when the agent is killed', async () => {
  install('echo $$ > "$(dirname "$0")/pid"; exec sleep 1000');
  const script = `
    import { systemClock } from '@vfleet/process/clock';
    import { virshOn } from '${new URL('virsh.ts', import.meta.url).href}';
    virshOn('test:///default', { clock: systemClock(), lockDir: '${folder}' }).follow(['event'], () => {});`;
  const agent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const pid = await vi.waitFor(
    () => {
      const text = readFileSync(join(folder, 'pid'), 'utf8').trim();
      expect(text).not.toBe('');
      return text;
    },
    { timeout: 20_000 },
  );
  const runs = () => existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  await vi.waitFor(() => expect(runs()).toBe(true));
  agent.kill('SIGKILL');
  await vi.waitFor(() => expect(runs()).toBe(false), { timeout: 20_000 });
});

it('follows without setpriv where that is too old', async () => {
  install('echo "$1"');
  writeFileSync(join(folder, 'setpriv'), '#!/bin/sh\necho "setpriv: unrecognized option" >&2; exit 1\n');
  chmodSync(join(folder, 'setpriv'), 0o755);
  const virsh = virshOn('test:///default', { clock, lockDir: folder });
  const lines: string[] = [];
  await virsh.follow(['event'], (line) => lines.push(line)).ended;
  await virsh.follow(['event'], (line) => lines.push(line)).ended;
  expect(lines).toEqual(['-q']);
});

it('ends following when virsh ends, or is not there', async () => {
  install('exit 1');
  await virshOn('test:///default', { clock, lockDir: folder }).follow(['event'], () => {}).ended;
  vi.stubEnv('PATH', join(folder, 'nothing'));
  await virshOn('test:///default', { clock, lockDir: folder }).follow(['event'], () => {}).ended;
  await expect(virshOn('test:///default', { clock, lockDir: folder }).ask(['list'])).rejects.toThrow(
    'virsh is not installed',
  );
});

it.each([
  ['error: Failed to create domain from /tmp/x.xml\nerror: XML error: a\nb', 'XML error: a b'],
  ["error: failed to get domain 'x'", "failed to get domain 'x'"],
  ['', 'virsh ended with 1 and said nothing'],
])('reads libvirt’s own words in %j', (stderr, words) => {
  expect(wordsOf({ exitCode: 1, stdout: '', stderr })).toBe(words);
});

it('knows libvirt away by what virsh says, and not by any other failure', () => {
  const failed = (stderr: string) => ({ exitCode: 1, stdout: '', stderr });
  const noSocket = "error: failed to connect to the hypervisor\nerror: Failed to connect socket to '/x': No such file";
  expect(isAway(failed(noSocket))).toBe(true);
  expect(isAway(failed('error: Disconnected from qemu:///system due to end of file'))).toBe(true);
  expect(isAway(failed("error: failed to get domain 'x'"))).toBe(false);
  expect(isAway({ ...failed(noSocket), exitCode: 0 })).toBe(false);
});
