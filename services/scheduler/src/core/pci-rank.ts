import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';

/** Routing ids (bus, slot and function) of one PCI domain; a VF is in the domain of its PF. */
const ROUTING_IDS = 0x1_0000;

/** A PCI address as one number: ascending ranks are ascending addresses, whatever width their domains are written in. */
export function pciRankOf(address: PciAddress): number {
  const [domain = '', bus = '', slot = '', pciFunction = ''] = address.split(/[:.]/);
  const rank =
    Number.parseInt(domain, 16) * ROUTING_IDS +
    Number.parseInt(bus, 16) * 0x100 +
    Number.parseInt(slot, 16) * 8 +
    Number.parseInt(pciFunction, 16);
  if (Number.isNaN(rank)) throw new Error(`${address} is no PCI address`);
  return rank;
}

/** The address of a rank, as sysfs spells it. */
export function pciAddressAt(rank: number): PciAddress {
  const routingId = rank % ROUTING_IDS;
  const domain = hex((rank - routingId) / ROUTING_IDS, 4);
  return `${domain}:${hex(routingId >> 8, 2)}:${hex((routingId >> 3) & 0x1f, 2)}.${routingId & 7}`;
}

/** The rank of the first address in the domain of `rank`; the routing id is what a rank is above it. */
export function domainStartOf(rank: number): number {
  return rank - (rank % ROUTING_IDS);
}

function hex(value: number, width: number): string {
  return value.toString(16).padStart(width, '0');
}
