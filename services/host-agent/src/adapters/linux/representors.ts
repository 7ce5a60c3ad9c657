import type { NicReport } from '@vfleet/contracts/vocabulary/host-report';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { NetLink } from './net-links.ts';
import type { PciDevice } from './pci-devices.ts';

/**
 * The names switchdev drivers give the ports of functions, as devlink makes them: `pf0vf3` of a VF, `pf0sf88` of a
 * sub-function, `pf0` of a PF, with `c1` before it when the function is of another computer that the card serves; sfc
 * puts the port first (`p0pf0vf3`).
 */
const FUNCTION_PORT = /^(?:c(\d+))?(?:p\d+)?pf(\d+)(?:vf(\d{1,5})|sf\d+)?$/;

/** mlx5 before Linux 5.4 has the index of the VF alone. */
const BARE_INDEX = /^\d{1,5}$/;

type Port = Pick<NetLink, 'phys_port_name' | 'phys_switch_id'>;

/**
 * Whether a netdev stands for another function at the switch inside of a card (switchdev mode). It lies in the folder of
 * the PF, and is none of the PF's own: what is set on it, or taken for the PF's name, would be wrong (F18, F58).
 */
export function isRepresentor({ phys_port_name: name, phys_switch_id: switchId }: Port): boolean {
  if (name === undefined) return false;
  return FUNCTION_PORT.test(name) || (BARE_INDEX.test(name) && switchId !== undefined);
}

/** What is known of the netdevs of a host's PCI devices by what `ip` says of each; names as in `net/` of sysfs. */
export type Holders = { holderOf: ReadonlyMap<string, PciDevice>; devices: ReadonlyMap<PciAddress, PciDevice> };

/**
 * The VF that a representor stands for; null for that of a sub-function, of a PF, of a function of another computer (on
 * the card's own processor), and where its PF cannot be told.
 */
export function representedVf(link: NetLink, found: Holders): NicReport['representorOf'] {
  const name = link.phys_port_name ?? '';
  const [, controller = '0', pfNumber, vf] = FUNCTION_PORT.exec(name) ?? [];
  const vfIndex = BARE_INDEX.test(name) ? name : vf;
  const holder = found.holderOf.get(link.ifname);
  if (vfIndex === undefined || controller !== '0' || !holder?.sriov) return null;
  const pf = (pfNumber !== undefined && ofSameCard(holder, pfNumber, found)) || holder;
  return { pfAddress: pf.address, vfIndex: Number(vfIndex) };
}

/** Where one PF manages the switch of the whole card, the representors of all its PFs lie in that one's folder. */
function ofSameCard({ address }: PciDevice, pfNumber: string, { devices }: Holders): PciDevice | undefined {
  const device = devices.get(address.replace(/[0-7]$/, pfNumber));
  return device?.sriov ? device : undefined;
}
