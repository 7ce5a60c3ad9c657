import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@vfleet/process/clock';
import { afterEach, expect, it } from 'vitest';
import { makeSysfs } from '../../../../../test/fixtures/make-sysfs.ts';
import { type KernelRead, recordingFiles } from '../../testing/recording-files.ts';
import { kernelFiles } from './kernel-files.ts';
import { lookAtMachine } from './look-at-machine.ts';
import { ownNetdevs } from './own-netdevs.ts';

const roots: string[] = [];

afterEach(async () => {
  for (const root of roots.splice(0)) await rm(root, { recursive: true });
});

/** The looks at a host with one PF and so many VFs, with all that they read and run. */
async function hostWith(vfsPerPf: number) {
  const root = await mkdtemp(join(tmpdir(), 'vfleet-cost-'));
  roots.push(root);
  const links = JSON.stringify(makeSysfs(root, { pfs: 1, vfsPerPf }));
  const reads: KernelRead[] = [];
  const ran: string[] = [];
  const files = recordingFiles(kernelFiles(root), reads);
  const run = async (program: string) => {
    ran.push(program);
    return { exitCode: program === 'ip' ? 0 : 1, stdout: program === 'ip' ? links : '', stderr: '' };
  };
  const own = ownNetdevs({ files, run });
  const looks = lookAtMachine({ files, run, clock: systemClock(), own, hypervisor: async () => null });
  return { ...looks, reads, ran };
}

it('reads each file once, and as many for every VF', async () => {
  const counts: number[] = [];
  for (const vfs of [10, 20, 40]) {
    const { scan, reads } = await hostWith(vfs);
    await scan();
    expect(new Set(reads.map(({ kind, path }) => `${kind} ${path}`)).size).toBe(reads.length);
    counts.push(reads.length);
  }
  const [ten = 0, twenty = 0, forty = 0] = counts;
  expect(forty - twenty).toBe(2 * (twenty - ten));
  expect((twenty - ten) / 10).toBeLessThanOrEqual(12);
});

it('runs as many programs for many VFs as for few', async () => {
  const [few, many] = [await hostWith(2), await hostWith(40)];
  await few.scan();
  await many.scan();
  expect(many.ran).toEqual(few.ran);
  expect(many.ran.filter((program) => program === 'ip')).toHaveLength(1);
});

it('never touches what waits for a lock of a device, nor what waits for rtnl but the speed of a PF', async () => {
  const { scan, lookAtPf, reads } = await hostWith(4);
  await scan();
  await lookAtPf('0000:10:00.0');
  const names = new Set(reads.map(({ path }) => path.slice(path.lastIndexOf('/') + 1)));
  const waiting = [
    'sriov_numvfs',
    'uevent',
    'driver_override',
    'carrier',
    'phys_port_name',
    'phys_switch_id',
    'config',
  ];
  expect(waiting.filter((name) => names.has(name))).toEqual([]);
  expect(reads.filter(({ path }) => path.endsWith('/speed')).map(({ path }) => path)).toEqual([
    'sys/class/net/ens0/speed',
  ]);
});

it('F60: lets the event loop run after every few hundred reads', async () => {
  const { scan, reads } = await hostWith(100);
  const seen: number[] = [];
  let over = false;
  const turn = () => {
    seen.push(reads.length);
    if (!over) setImmediate(turn);
  };
  turn();
  await scan();
  over = true;
  expect(reads.length).toBeGreaterThan(1_000);
  expect(Math.max(...seen.slice(1).map((count, at) => count - (seen[at] ?? 0)))).toBeLessThan(300);
});
