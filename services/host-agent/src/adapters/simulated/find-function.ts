import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { Machine, SimulatedPf, SimulatedVf } from './machine.ts';
import { presentPfs } from './pf-view.ts';

/** The PF at an address, if it is in its slot. */
export function findPf(machine: Machine, address: PciAddress): SimulatedPf | undefined {
  return presentPfs(machine).find((pf) => pf.address === address);
}

/** The VF at an address and its PF. */
export function findVf(machine: Machine, address: PciAddress): { pf: SimulatedPf; vf: SimulatedVf } | undefined {
  for (const pf of machine.pfs.values()) {
    const vf = pf.vfs.find((each) => each.address === address);
    if (vf) return { pf, vf };
  }
  return undefined;
}
