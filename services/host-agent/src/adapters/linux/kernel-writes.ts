import { join } from 'node:path';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { z } from 'zod';
import type { Host } from '../../host.ts';
import { bindingLock, Errno, type KernelChildren } from './kernel-children.ts';

const READ = `attempt(() => ({ kind: 'value', value: Number(fs.readFileSync(process.argv[1], 'utf8')) }));`;

const WRITE = `attempt(() => {
  write(process.argv[1], process.argv[2]);
  return { kind: 'written' };
});`;

const Written = z.discriminatedUnion('kind', [z.object({ kind: z.literal('written') }), Errno]);
const Value = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('value'), value: z.int().nonnegative() }),
  Errno,
]);

/**
 * All that touches `sriov_numvfs`, in child processes: a write may hang in the kernel for good, and the reads of the same
 * file with it. As long as a writer lives nobody else writes. A reader has a lock file of its own, so that readers do not
 * gather behind a foreign write that hangs: while one is left there, a read is `unfinished` at once.
 */
export function kernelWrites({
  root,
  children,
}: {
  root: string;
  children: KernelChildren;
}): Pick<Host, 'writeNumVfs' | 'readNumVfs' | 'writerAlive' | 'rebindVf'> {
  const pci = join(root, 'sys/bus/pci');
  const numVfsOf = (address: PciAddress) => join(pci, 'devices', address, 'sriov_numvfs');
  const writeLock = (address: PciAddress) => `${address}.lock`;
  const readLock = (address: PciAddress) => `${address}.lock.read`;

  return {
    writeNumVfs: async (address, count, deadlineMs) => {
      const args = [numVfsOf(address), String(count)];
      const work = { lock: writeLock(address), script: WRITE, args, outcome: Written, deadlineMs };
      const outcome = await children.work(work);
      return typeof outcome === 'string' ? { kind: outcome } : outcome;
    },
    readNumVfs: async (address, deadlineMs) => {
      const args = [numVfsOf(address)];
      const outcome = await children.work({ lock: readLock(address), script: READ, args, outcome: Value, deadlineMs });
      return typeof outcome === 'string' ? { kind: 'unfinished' } : outcome;
    },
    writerAlive: (address) => children.isLocked(writeLock(address)),
    rebindVf: async (address, deadlineMs) => {
      const shared = { lock: bindingLock(address), script: WRITE, outcome: Written, deadlineMs };
      const unbind = [join(pci, 'devices', address, 'driver/unbind'), address];
      // Two children: a VF without a driver has nothing to be unbound from, and is probed all the same.
      const unbound = await children.work({ ...shared, args: unbind });
      if (typeof unbound === 'string') return 'unfinished';
      const probed = await children.work({ ...shared, args: [join(pci, 'drivers_probe'), address] });
      return typeof probed === 'string' ? 'unfinished' : 'done';
    },
  };
}
