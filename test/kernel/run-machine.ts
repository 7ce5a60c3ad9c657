import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundle, PRODUCTS } from '../../scripts/bundle.ts';
import type { Machine } from './machines.ts';
import { tapCount } from './tap-count.ts';

const HERE = import.meta.dirname;
/** Exit status of run-guest.sh: it cannot make the guest. */
const NO_GUEST = 69;

/** How a machine ended: with tests counted over all its suites, or not at all because it cannot be made here. */
export type MachineResult = { kind: 'ran'; passed: number; failed: number; skipped: number } | { kind: 'no-guest' };

/**
 * Boots a machine once for each of its boots and runs the suites of the boot in it, one after the other, on the bundled
 * products. `folder` is /out in it. A suite without a result counts as one failure. Aborting ends it.
 */
export async function runMachine(
  { name, libvirt, boots }: Machine,
  { root, folder, bootSeconds, signal }: { root: string; folder: string; bootSeconds: number; signal: AbortSignal },
): Promise<MachineResult> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of ['job.sh', 'small-guest-init.sh']) copyFileSync(join(HERE, 'guest', file), join(folder, file));
  for (const [file, entry] of Object.entries(PRODUCTS)) await bundle({ entry, outfile: join(folder, file) });
  const alias = { vitest: join(HERE, 'guest/vitest.ts') };
  for (const suite of boots.flat()) {
    await bundle({ entry: join(HERE, `guest/${suite}.ts`), outfile: join(folder, `${suite}.suite.mjs`) }, { alias });
  }

  let failedBoots = 0;
  for (const suites of boots) {
    writeFileSync(join(folder, 'suites'), suites.map((suite) => `${suite}\n`).join(''));
    const status = await boot();
    if (status === NO_GUEST) return { kind: 'no-guest' };
    if (status !== 0) failedBoots++;
    if (signal.aborted) break;
  }
  const counts = boots.flat().map(countOf);
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  return {
    kind: 'ran',
    passed: counts.reduce((sum, count) => sum + count.passed, 0),
    failed: failed === 0 ? failedBoots : failed,
    skipped: counts.reduce((sum, count) => sum + count.skipped, 0),
  };

  async function boot(): Promise<number | null> {
    // A process group of its own, so that a signal ends QEMU too.
    const guest = spawn(join(HERE, 'run-guest.sh'), [folder], {
      env: { TIMEOUT: String(bootSeconds), ...process.env, REPO: root, LIBVIRT: libvirt ? '2' : '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const end = () => void process.kill(-(guest.pid as number), 'SIGTERM');
    signal.addEventListener('abort', end);
    for (const input of [guest.stdout, guest.stderr]) {
      createInterface({ input }).on('line', (line) => console.log(`${name} | ${line}`));
    }
    const [status] = await once(guest, 'close');
    signal.removeEventListener('abort', end);
    return status;
  }

  function countOf(suite: string): { passed: number; failed: number; skipped: number } {
    const report = join(folder, `${suite}.tap`);
    const count = existsSync(report) ? tapCount(readFileSync(report, 'utf8')) : undefined;
    if (count) return count;
    console.log(`${name} | no result of ${suite}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
