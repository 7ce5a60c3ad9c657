import type { Host } from '@vfleet/contracts/vocabulary/host';
import type { HostDevice } from '@vfleet/contracts/vocabulary/host-device';
import type { Nic } from '@vfleet/contracts/vocabulary/nic';
import type { VfsConfig } from '@vfleet/contracts/vocabulary/vfs-config';

/** A host that is up. */
export function host(id: string, name: string): Host {
  return {
    id,
    name,
    status: 'up',
    status_since: '2026-01-01T00:00:00.000Z',
    cluster: { id: 'default', name: 'Default' },
    agent: { version: '0.1.0', last_seen: null },
    iommu: true,
    pfs: 1,
    vfs: 2,
    vfs_in_use: 0,
    free_vfs: 2,
    unhealthy_pfs: 0,
    last_report_error: null,
    orphans: [],
    problems: [],
    differences: [],
  };
}

export const CONFIG: VfsConfig = {
  id: 'c1',
  max_num_of_vfs: 7,
  num_of_vfs: 2,
  existing_num_of_vfs: 2,
  mtu: 9000,
  existing_mtu: 9000,
  max_mtu: 9216,
  num_of_vfs_in_use: 0,
  num_of_free_vfs: 2,
  all_networks_allowed: false,
  networks: [{ id: 'n1', name: 'red & blue', via_label: null }],
  labels: ['tenant'],
  state: 'ready',
  generation: 1,
  observed_generation: 1,
  progress: null,
  last_error: null,
  drift: null,
  health: {
    state: 'healthy',
    since: null,
    problems: [],
    vms: [],
    carrier: true,
    pcie_errors: null,
    acknowledged_pcie_errors: { non_fatal: 0, fatal: 0 },
  },
  unsupported_properties: [],
};

/** The interface of the only PF. */
export function nic(config: VfsConfig): Nic {
  return {
    id: 'nic-1',
    name: 'enp5s0f0',
    mac: '52:54:00:12:34:56',
    mtu: 1500,
    speed: 1000,
    carrier: true,
    kind: 'physical',
    max_mtu: 9216,
    alt_names: [],
    addresses: [],
    master: null,
    uppers: [],
    representor_of: null,
    bond: null,
    vlans: [],
    bridge: null,
    networks: [],
    labels: [],
    pci_address: '0000:05:00.0',
    driver: 'igb',
    numa_node: 0,
    vfs_config: config,
    physical_function: null,
    vf: null,
  };
}

export const DEVICE: HostDevice = {
  name: 'pci_0000_05_00_0',
  capability: 'pci',
  parent: 'computer',
  driver: 'igb',
  vendor: 'Intel Corporation',
  vendor_id: '0x8086',
  product: '82576 Gigabit Network Connection',
  product_id: '0x10c9',
  pci_address: '0000:05:00.0',
  iommu_group: '15',
  numa_node: 0,
  total_vfs: 7,
  physical_function: null,
  interface: null,
  assignable: true,
  orphan: false,
};
