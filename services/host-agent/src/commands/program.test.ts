import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { enrolmentToken } from '@vfleet/contracts/enrolment-token';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diskFiles } from '../adapters/disk-files.ts';
import { type CapturedHost, type CaptureName, openCapturedHost, removeCaptures } from '../testing/captured-host.ts';
import { hostAgentProgram } from './program.ts';

const PF = '0000:41:00.0';
const ABSENT = '0000:05:00.0';

let stateDir: string;
let token = '';

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'vfleet-state-'));
  mkdirSync(join(stateDir, 'virtual_functions'));
});

afterEach(() => {
  rmSync(stateDir, { recursive: true });
  process.exitCode = undefined;
});

afterAll(removeCaptures);

function keep(address: string, number: string): void {
  writeFileSync(join(stateDir, 'virtual_functions', address), number);
}

/** Runs a command line on a captured machine; answers what it printed and the exit status it set. */
async function command(capture: CaptureName, ...args: string[]) {
  const machine: CapturedHost = await openCapturedHost(capture);
  const printed: string[] = [];
  const program = hostAgentProgram({
    openBus: () => Promise.reject(new Error('this command needs no broker')),
    openHost: () => machine.host,
    openMachine: async () => ({ host: machine.host, guests: null }),
    openFiles: diskFiles,
    tryBroker: async () => ({ ok: true }),
    readToken: async () => token,
    print: (text) => printed.push(text),
  });
  for (const sub of [program, ...program.commands]) sub.exitOverride().configureOutput({ writeErr: () => {} });
  try {
    const where = args[0] === 'enroll' ? [] : ['--state-dir', stateDir];
    await program.parseAsync([...args, ...where], { from: 'user' });
    return { text: printed.join('\n'), status: process.exitCode ?? 0, ran: machine.ran };
  } finally {
    await machine.close();
  }
}

describe('show', () => {
  it('tells every PF, what is kept, what uses its VFs and what is wrong', async () => {
    keep(PF, '7');
    keep(ABSENT, '2');
    const { text } = await command('vfs-in-use', 'show');
    expect(text.split('\n')).toEqual([
      expect.stringMatching(/^0000:05:00\.0 {2}- +no driver +not there +2 restored at boot$/),
      expect.stringContaining('vfleet-host-agent forget 0000:05:00.0'),
      expect.stringMatching(/^0000:41:00\.0 {2}ens11 {2}igb 2\.1\.0 {2}4 of 7 VFs {2}7 restored at boot$/),
      '    0000:41:10.0 carries an IP address; take it off to free the VF (192.0.2.10/24)',
      '    0000:41:10.2 has its network device in another network namespace',
      '    0000:41:10.6 has a macvtap or macvlan device on it (macvtap0)',
      expect.stringContaining('7 virtual functions are kept for 0000:41:00.0 and 4 exist'),
      expect.stringMatching(/^0000:42:00\.0 {2}ens13 .* unmanaged/),
      expect.stringMatching(/^0000:81:00\.0 {2}ens12 .* unmanaged/),
    ]);
  });

  it('tells the same as JSON', async () => {
    keep(PF, '4');
    const { pfs } = JSON.parse((await command('vfs-created', 'show', '--json')).text);
    expect(pfs[0]).toMatchObject({
      pciAddress: PF,
      nic: 'ens11',
      totalVfs: 7,
      existing: 4,
      persisted: 4,
      vfsInUse: [],
    });
  });
});

describe('enroll', () => {
  it('writes the settings and says what is next', async () => {
    const broker = { broker_url: 'amqp://broker', username: 'u', password: 'p' };
    token = enrolmentToken({ host_id: 'h1', ...broker });
    const { text } = await command('vfs-created', 'enroll', '--config-dir', join(stateDir, 'etc'));
    expect(text).toContain('enrolled as host h1');
    expect(readdirSync(join(stateDir, 'etc')).toSorted()).toEqual(['broker-url', 'host-agent.env']);
  });
});

describe('restore', () => {
  it('succeeds when every number holds', async () => {
    keep(PF, '4');
    const { text, status, ran } = await command('vfs-created', 'restore');
    expect({ text, status }).toEqual({ text: `${PF}: 4 virtual functions were there already`, status: 0 });
    expect(ran).toContainEqual(['ip', 'link', 'set', 'dev', 'ens11', 'up']);
  });

  it('fails for a PF that is not there, with the remedy, after the others were done', async () => {
    keep(PF, '4');
    keep(ABSENT, '2');
    const { text, status } = await command('vfs-created', 'restore', '--wait', '0');
    expect(status).toBe(1);
    expect(text).toContain(`${PF}: 4 virtual functions were there already`);
    expect(text).toContain(`vfleet-host-agent forget ${ABSENT}`);
  });

  it('has nothing to do on a host whose PFs were never set', async () => {
    expect(await command('vfs-created', 'restore')).toMatchObject({
      status: 0,
      text: expect.stringContaining('nothing'),
    });
  });
});

describe('forget', () => {
  it('makes a PF unmanaged', async () => {
    keep(PF, '4');
    expect((await command('vfs-created', 'forget', PF)).text).toBe(`${PF} is forgotten.`);
    expect(readdirSync(join(stateDir, 'virtual_functions'))).toEqual([]);
  });

  it('says when nothing was kept', async () => {
    expect((await command('vfs-created', 'forget', PF)).text).toBe(`No number was kept for ${PF} in ${stateDir}.`);
  });

  it('refuses what is no PCI address', async () => {
    await expect(command('vfs-created', 'forget', 'ens11')).rejects.toThrow('looks like 0000:05:00.1');
  });
});

it('refuses a state directory that is not absolute', async () => {
  const absolute = stateDir;
  stateDir = 'state';
  await expect(command('vfs-created', 'show')).rejects.toThrow('VFLEET_STATE_DIR: the path must be absolute');
  stateDir = absolute;
});

it('refuses an unknown command', async () => {
  await expect(command('vfs-created', 'shwo')).rejects.toThrow("unknown command 'shwo'");
});
