import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { KernelFiles } from './kernel-files.ts';
import { type PciDevice, pciDevice } from './pci-devices.ts';

/** A VF with its PF, and the number the PF has for it. */
export type FoundVf = { vf: PciDevice; pf: PciDevice; index: number };

/**
 * The VF at an address; undefined where there is no VF, whatever else there may be: a PF is never taken for one. Its
 * index is that of the PF's virtfn link, which cannot be computed from addresses; `unlinked` while there is none, as when
 * VFs have just been made or are about to go.
 */
export function findVf(files: KernelFiles, address: PciAddress): FoundVf | 'unlinked' | undefined {
  const vf = pciDevice(files, address);
  if (!vf?.physfn) return undefined;
  const pf = pciDevice(files, vf.physfn);
  const link = pf?.sriov?.vfs.find((each) => each.address === address);
  return pf && link ? { vf, pf, index: link.index } : 'unlinked';
}
