import { NO_VF_PROPERTIES } from '@vfleet/contracts/vocabulary/vnic-profile';

/** What the API gives of policy, for tests: one of each kind. */
export const CLUSTER = {
  id: 'default',
  name: 'Default',
  description: '',
  compatibility_version: '4.7',
  require_carrier: false,
  policy: 'pack',
};
export const NETWORK = {
  id: 'n1',
  name: 'red',
  description: 'Tenants',
  vlan_id: 100,
  mtu: 1500,
  label: 'tenant',
  port_isolation: false,
  required: true,
  roles: ['display', 'migration'],
  qos: { id: 'q2', name: 'uplink' },
};
export const QOS = {
  id: 'q1',
  name: 'gold',
  description: '',
  type: 'vm_network',
  inbound: { average: 1000, peak: 2000, burst: 100 },
  outbound: null,
  linkshare: null,
  upper_limit: null,
  realtime: null,
};
export const PROFILE = {
  id: 'p1',
  name: 'red-vf',
  description: '',
  network: { id: 'n1', name: 'red' },
  pass_through: 'enabled',
  migratable: true,
  failover: { id: 'p2', name: 'red-virtio' },
  port_mirroring: false,
  qos: null,
  network_filter: null,
  vf: { ...NO_VF_PROPERTIES, spoof_check: false, vlan_qos: 3 },
};
export const VNIC = {
  id: 'v1',
  name: 'eth0',
  interface: 'pci_passthrough',
  vnic_profile: { id: 'p1', name: 'red-vf' },
  network: { id: 'n1', name: 'red' },
  mac: '52:54:00:12:34:56',
  plugged: true,
  linked: true,
  boot_order: null,
  custom_mtu: null,
  mac_spoofing: false,
  pinned_vf: { host: { id: 'h1' }, pci_address: '0000:05:10.0' },
  guest_pci_address: null,
  vf: {
    name: 'enp5s0f0v0',
    pci_address: '0000:05:10.0',
    physical_function: { id: 'nic-1', name: 'enp5s0f0' },
    vlan: 100,
    state: 'attached',
  },
  degraded: false,
};
export const VM = {
  id: 'm1',
  name: 'vm-1',
  description: '',
  status: 'up',
  cluster: { id: 'default', name: 'Default' },
  host: { id: 'h1', name: 'alpha' },
  numa_node: 0,
  policy: null,
  domain_xml: '<domain/>',
  nics: [VNIC],
};
