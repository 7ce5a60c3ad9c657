import type { NicReport } from '@vfleet/contracts/vocabulary/host-report';
import { deviceNameOf, type PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { LedgerNic } from './ledger.ts';
import type { Netdev } from './ledger-netdev.ts';

/** What the device listing adds to a netdev: its card's driver and NUMA node. */
export type CardFacts = ReadonlyMap<PciAddress, { driver: string | null; numaNode: number | null }>;

const HOST_NIC_KINDS: ReadonlySet<NicReport['kind']> = new Set(['physical', 'bond', 'vlan', 'representor']);

/**
 * The host nics that are no VFs, with the labels and networks that earlier ones of the same id carry. The first netdev
 * of a PCI device by name is known by the device's name, so a renamed interface stays the same nic; any other by its own,
 * and so is a representor, which hangs on the PCI device of its PF.
 */
export function reportNics({
  nics,
  vfAddresses,
  cards,
  known,
}: {
  nics: readonly NicReport[];
  vfAddresses: ReadonlySet<PciAddress>;
  cards: CardFacts;
  known: readonly LedgerNic[];
}): LedgerNic[] {
  const own = new Map(known.map((nic) => [nic.id, nic]));
  const taken = new Set<string>();
  return nics
    .filter(({ kind, pciAddress }) => HOST_NIC_KINDS.has(kind) && !(pciAddress && vfAddresses.has(pciAddress)))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((nic) => {
      const byDevice = nic.pciAddress === null || nic.representorOf ? undefined : deviceNameOf(nic.pciAddress);
      const id = byDevice === undefined || taken.has(byDevice) ? `net_${nic.name}` : byDevice;
      taken.add(id);
      const { labels, networkIds } = own.get(id) ?? { labels: [], networkIds: [] };
      const card = nic.pciAddress === null ? undefined : cards.get(nic.pciAddress);
      return {
        ...nicState(nic),
        id,
        driver: card?.driver ?? null,
        numaNode: card?.numaNode ?? null,
        labels,
        networkIds,
      };
    });
}

/** What a netdev is, what it is a member of and what sits on it. */
export function netdevOf({ kind, maxMtu, altNames, master, uppers, addresses }: NicReport): Netdev {
  return { kind, maxMtu, altNames, master, uppers, addresses };
}

function nicState(nic: NicReport) {
  const { name, mac, mtu, speed, carrier, pciAddress, representorOf, uppers } = nic;
  const upper = (wanted: string) => uppers.find((device) => device.kind === wanted)?.name ?? null;
  return {
    ...{ name, mac, mtu, speed, carrier, pciAddress, representorOf },
    ...netdevOf(nic),
    bond: upper('bond'),
    bridge: upper('bridge'),
    vlans: uppers.filter((device) => device.kind === 'vlan').map((device) => device.name),
    vfsConfigId: null,
  };
}
