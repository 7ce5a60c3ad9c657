import type { UpperDevice } from '@vfleet/contracts/vocabulary/host-report';
import type { Nic } from '@vfleet/contracts/vocabulary/nic';
import { deviceNameOf } from '@vfleet/contracts/vocabulary/pci';
import { networksOfNic } from './effective-networks.ts';
import { type FoundNic, nameOf } from './find-nic.ts';
import type { KnownNetworks, NetworkLists } from './known-networks.ts';
import type { Ledger, LedgerNic, LedgerVfsConfig } from './ledger.ts';
import type { Netdev } from './ledger-netdev.ts';
import { vfEvidence } from './vf-evidence.ts';
import { type JudgedVf, vfProof } from './vf-proof.ts';
import { vfUses } from './vf-use.ts';
import { vfsConfigView } from './vfs-config-view.ts';

/** A VF without a netdev: nothing can be a member of it or sit on it. */
const NO_NETDEV: Netdev = { kind: 'physical', maxMtu: null, altNames: [], master: null, uppers: [], addresses: [] };

/** All nics of a host, VFs included, by id. */
export function listNics(ledger: Ledger): FoundNic[] {
  const own: FoundNic[] = ledger.nics.map((nic) => ({
    kind: 'nic',
    nic,
    config: ledger.vfsConfigs.find(({ id }) => id === nic.vfsConfigId),
  }));
  const vfs = ledger.vfsConfigs.flatMap((config) => config.vfs.map((vf): FoundNic => ({ kind: 'vf', vf, config })));
  return [...own, ...vfs].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
}

export function idOf(found: FoundNic): string {
  return found.kind === 'nic' ? found.nic.id : found.vf.deviceName;
}

/** A nic as callers see it: a PF with its VfsConfig, a VF with its PF and its state. For several, `nicViews`. */
export function nicView(ledger: Ledger, found: FoundNic, known: KnownNetworks): Nic {
  return nicViews(ledger, known)(found);
}

/** Shows nics of one ledger as `nicView` does; who has its VFs is looked up once for all. */
export function nicViews(ledger: Ledger, known: KnownNetworks): (found: FoundNic) => Nic {
  const useOf = vfUses(ledger);
  const evidenceOf = vfEvidence(ledger);
  return (found) => {
    if (found.kind === 'nic') return ownNicView(ledger, found, known);
    const { config, vf } = found;
    return vfNicView(ledger, { config, vf, use: useOf(config, vf), evidence: evidenceOf(vf.pciAddress) });
  };
}

/** The lists that the view of a nic shows the networks of: its own and those of its VfsConfig. */
export function listsOf(found: FoundNic): NetworkLists[] {
  if (found.kind === 'vf') return [];
  return found.config ? [found.nic, found.config] : [found.nic];
}

/** The version of what the view of a nic shows of an administrator's changes: its ETag. */
export function nicVersion(ledger: Ledger, { config }: FoundNic): number {
  return ledger.nicsRevision + (config?.revision ?? ledger.revision);
}

function ownNicView(
  ledger: Ledger,
  { nic, config }: { nic: LedgerNic; config: LedgerVfsConfig | undefined },
  known: KnownNetworks,
): Nic {
  const { id, name, mac, mtu, speed, carrier, bond, vlans, bridge, labels, driver } = nic;
  return {
    ...{ id, name, mac, mtu, speed, carrier, bond, vlans, bridge, labels, driver },
    ...netdevView(nic),
    representor_of: nic.representorOf && representedBy(ledger, nic.representorOf),
    networks: networksOfNic(ledger, nic, known),
    pci_address: nic.pciAddress,
    numa_node: nic.numaNode,
    vfs_config: config ? vfsConfigView(ledger, config, known) : null,
    physical_function: null,
    vf: null,
  };
}

function vfNicView(ledger: Ledger, judged: JudgedVf): Nic {
  const { vf, config } = judged;
  const { free, reasons } = judged.use;
  const { claim } = judged.evidence;
  const name = nameOf({ kind: 'vf', vf, config });
  return {
    id: vf.deviceName,
    name,
    mac: vf.nic?.mac ?? null,
    mtu: vf.nic?.mtu ?? null,
    speed: vf.nic?.speed ?? null,
    carrier: vf.nic?.carrier ?? null,
    ...netdevView(vf.nic ?? NO_NETDEV),
    representor_of: null,
    bond: upperOf(vf.nic, 'bond')[0] ?? null,
    vlans: upperOf(vf.nic, 'vlan'),
    bridge: upperOf(vf.nic, 'bridge')[0] ?? null,
    networks: [],
    labels: [],
    pci_address: vf.pciAddress,
    driver: vf.driver,
    numa_node: config.numaNode,
    vfs_config: null,
    physical_function: { id: deviceNameOf(config.pciAddress), name: config.nicName },
    vf: {
      name,
      pci_address: vf.pciAddress,
      index: vf.index,
      iommu_group: vf.iommuGroup,
      driver: vf.driver,
      free,
      ...vfProof(ledger, judged),
      reasons,
      claim: claim ? { id: claim.id, vm: claim.vm, vnic: claim.vnic, state: claim.state } : null,
    },
  };
}

function netdevView({ kind, maxMtu, altNames, master, uppers, addresses }: Netdev) {
  return { kind, max_mtu: maxMtu, alt_names: altNames, master, uppers, addresses };
}

function upperOf(netdev: Netdev | null, kind: UpperDevice['kind']): string[] {
  return (netdev?.uppers ?? []).filter((upper) => upper.kind === kind).map(({ name }) => name);
}

/** The PF of a representor by its name; one that is not known goes by its device name. */
function representedBy(
  { vfsConfigs }: Ledger,
  { pfAddress, vfIndex }: NonNullable<LedgerNic['representorOf']>,
): Nic['representor_of'] {
  const pf = vfsConfigs.find(({ pciAddress }) => pciAddress === pfAddress);
  return { physical_function: pf?.nicName ?? deviceNameOf(pfAddress), vf_index: vfIndex };
}
