import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { LEAST_MTU } from '@vfleet/contracts/vocabulary/pf-mtu';
import type { MtuOutcome } from '../../host.ts';
import { findPf } from './find-function.ts';
import type { Machine } from './machine.ts';
import { MOST_MTU } from './nic-view.ts';

/** Sets the MTU of a PF's netdev as the kernel does, in the words of dev_validate_mtu. */
export async function setPfMtu(machine: Machine, address: PciAddress, mtu: number): Promise<MtuOutcome> {
  const pf = findPf(machine, address);
  if (!pf || machine.driverOf(pf) === null) return { kind: 'no-netdev' };
  const refused = machine.faults.strikeCall('mtu-errno', { pf: address });
  if (refused) return { kind: 'errno', errno: refused.errno, text: 'refused by the driver' };
  if (mtu > MOST_MTU) return { kind: 'errno', errno: 'EINVAL', text: 'mtu greater than device maximum' };
  if (mtu < LEAST_MTU) return { kind: 'errno', errno: 'EINVAL', text: 'mtu less than device minimum' };
  if (!machine.faults.strikeCall('mtu-ignored', { pf: address })) {
    pf.mtu = mtu;
    machine.changed();
    await machine.remember();
  }
  return { kind: 'set' };
}
