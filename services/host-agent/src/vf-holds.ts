import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';

/**
 * Who of this agent works on a VF: a step of a VM, or a cleaning. A VF that a step has taken is cleaned by nobody: the
 * domain that is about to hold it is not there yet to be seen.
 */
export type VfHolds = {
  /** Takes all of them at once, as soon as all are let go, for as long as `work` runs. `by` is for people. */
  hold<Result>(
    vfs: readonly PciAddress[],
    by: { vm: string } | 'cleaning',
    work: () => Promise<Result>,
  ): Promise<Result>;
  /** The VM whose step has taken a VF; null when none has. */
  vmAt(vf: PciAddress): string | null;
};

export function vfHolds(): VfHolds {
  const taken = new Map<PciAddress, { by: { vm: string } | 'cleaning'; letGo: Promise<void> }>();

  return {
    vmAt: (vf) => {
      const by = taken.get(vf)?.by;
      return by === undefined || by === 'cleaning' ? null : by.vm;
    },
    hold: async (vfs, by, work) => {
      for (let one = anyTaken(vfs); one; one = anyTaken(vfs)) await one;
      const { promise, resolve } = Promise.withResolvers<void>();
      for (const vf of vfs) taken.set(vf, { by, letGo: promise });
      try {
        return await work();
      } finally {
        for (const vf of vfs) taken.delete(vf);
        resolve();
      }
    },
  };

  function anyTaken(vfs: readonly PciAddress[]): Promise<void> | undefined {
    return vfs.map((vf) => taken.get(vf)?.letGo).find((letGo) => letGo !== undefined);
  }
}
