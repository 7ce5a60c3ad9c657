import { creationMs, removalMs } from './driver-times.ts';
import type { Fault } from './faults.ts';
import { blocksRemoval } from './holds.ts';
import type { Machine, RunningWrite, SimulatedPf } from './machine.ts';
import { netdevCame } from './netdev-came.ts';
import { totalVfs } from './pf-view.ts';
import { nextChange, passUntil } from './waiting.ts';

/** A time that does not come, and that JSON can keep. */
const NEVER = Number.MAX_SAFE_INTEGER;

/** How the kernel ended a write: null is success. */
export type Errno = string | null;

/**
 * A write of `sriov_numvfs` as `sriov_numvfs_store` (drivers/pci/iov.c) does it, in its order: more than the total is
 * ERANGE; the present value does nothing; no driver is ENOENT; 0 removes; anything else while VFs exist is EBUSY; then
 * the driver makes VFs, perhaps fewer than asked. Resolves when the writing process ends, which is never if the
 * machine is rebooted meanwhile. The caller holds the PF's lock.
 */
export async function storeNumVfs(machine: Machine, pf: SimulatedPf, count: number): Promise<Errno> {
  const boot = machine.boots();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const writing: RunningWrite = { count, startedAt: machine.clock.now(), until: null, release };
  pf.writing = writing;

  const errno = await store(machine, pf, writing, released);
  if (machine.boots() !== boot) return new Promise(() => {});
  pf.writing = null;
  machine.changed();
  await machine.remember();
  return errno;
}

async function store(
  machine: Machine,
  pf: SimulatedPf,
  writing: RunningWrite,
  released: Promise<void>,
): Promise<Errno> {
  const { count } = writing;
  const struck = machine.faults.strike(pf.address, count);
  const find = <Kind extends Fault['kind']>(kind: Kind) =>
    struck.find((fault): fault is Extract<typeof fault, { kind: Kind }> => fault.kind === kind);

  if (find('hang')) await released;
  const refused = find('errno');
  if (refused) return refused.errno;
  if (!pf.isPresent) return 'ENODEV';
  const total = totalVfs(machine, pf);
  if (total === null) return 'ENOENT';
  if (count > total) return 'ERANGE';
  if (count === pf.numVfs) return null;
  if (machine.driverOf(pf) === null) return 'ENOENT';

  const factor = find('slow')?.factor ?? 1;
  if (count === 0) return remove(machine, pf, writing, factor);
  if (pf.numVfs !== 0) return 'EBUSY';
  return create(machine, pf, writing, { enabled: Math.min(count, find('fewer-vfs')?.enabled ?? count), factor });
}

/** VFs go in the order of their index; one that is open through vfio keeps the kernel waiting, its own link already gone. */
async function remove(machine: Machine, pf: SimulatedPf, writing: RunningWrite, factor: number): Promise<Errno> {
  const boot = machine.boots();
  const ms = machine.scaled(removalMs(machine.timesOf(pf), pf.vfs.length)) * factor;
  while (pf.vfs.some(({ hold }) => blocksRemoval(hold))) {
    const holding = pf.vfs.findIndex(({ hold }) => blocksRemoval(hold));
    for (const vf of pf.vfs.slice(0, holding + 1)) vf.linkAt = NEVER;
    pf.vfs = pf.vfs.slice(holding);
    machine.changed();
    await nextChange(machine);
    if (machine.boots() !== boot || !pf.isPresent) return 'ENODEV';
  }
  await pass(machine, writing, ms);
  if (machine.boots() !== boot || !pf.isPresent) return 'ENODEV';
  pf.vfs = [];
  pf.numVfs = 0;
  return null;
}

async function create(
  machine: Machine,
  pf: SimulatedPf,
  writing: RunningWrite,
  { enabled, factor }: { enabled: number; factor: number },
): Promise<Errno> {
  const boot = machine.boots();
  const ms = machine.scaled(creationMs(machine.timesOf(pf), enabled)) * factor;
  pf.vfs = machine.makeVfs(pf, enabled, ms);
  announceNetdevs(machine, pf);
  await pass(machine, writing, ms);
  if (machine.boots() !== boot || !pf.isPresent) return 'ENODEV';
  pf.numVfs = enabled;
  return null;
}

/** Lets the time of a write pass, remembered so that the write goes on though the simulating process ends. */
async function pass(machine: Machine, writing: RunningWrite, ms: number): Promise<void> {
  if (ms === 0) return;
  writing.until = machine.clock.now() + ms;
  await machine.remember();
  await machine.sleep(ms);
}

/** The netdevs of new VFs come one after the other, in the order of their times. */
function announceNetdevs(machine: Machine, pf: SimulatedPf): void {
  const { vfs } = pf;
  const times = [...new Set(vfs.flatMap(({ netdevAt }) => netdevAt ?? []))].toSorted((a, b) => a - b);
  void (async () => {
    for (const at of times) {
      await passUntil(machine, at);
      if (pf.vfs !== vfs) return;
      for (const vf of vfs) if (vf.netdevAt === at) netdevCame(machine, pf, vf);
    }
  })();
}
