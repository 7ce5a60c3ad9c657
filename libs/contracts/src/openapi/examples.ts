import type { z } from 'zod';
import type { hostRoutes } from '../rest/hosts.ts';
import type { operationRoutes } from '../rest/operations.ts';
import type { vfsConfigRoutes } from '../rest/vfs-configs.ts';
import type { ClusterChange, NewCluster } from '../vocabulary/cluster.ts';
import type { Reference } from '../vocabulary/ids.ts';
import type { LabelResource } from '../vocabulary/label.ts';
import type { NetworkChange, NewNetwork } from '../vocabulary/network.ts';
import type { NewQos, QosChange } from '../vocabulary/qos.ts';
import type { NewVm, VmChange } from '../vocabulary/vm.ts';
import type { NewVnic, VnicChange } from '../vocabulary/vnic.ts';
import type { NewVnicProfile, VnicProfileChange } from '../vocabulary/vnic-profile.ts';

/** An example of every body by the name of its schema; openapi.test.ts holds that each is taken. */
export const BODY_EXAMPLES = {
  NewAddedHost: { name: 'alpha', cluster: { name: 'Default' } } satisfies z.input<typeof hostRoutes.addHost.body>,
  HostChange: { cluster: { name: 'Rack 1' } } satisfies z.input<typeof hostRoutes.updateHost.body>,
  VfsConfigChange: { num_of_vfs: 7, mtu: 9000, all_networks_allowed: false } satisfies z.input<
    typeof vfsConfigRoutes.updateVfsConfig.body
  >,
  VfsConfigToPlan: { num_of_vfs: 7, mtu: 9000 } satisfies z.input<typeof vfsConfigRoutes.planVfsConfig.body>,
  NewAllowedNetwork: { name: 'red' } satisfies Reference,
  NewLabel: { id: 'tenant' } satisfies LabelResource,
  NewCluster: { name: 'Rack 1', compatibility_version: '4.7', policy: 'spread' } satisfies NewCluster,
  ClusterChange: { policy: 'anti-affinity', require_carrier: true } satisfies ClusterChange,
  NewNetwork: { name: 'red', vlan_id: 100, mtu: 9000, label: 'tenant' } satisfies NewNetwork,
  NetworkChange: { vlan_id: null, roles: ['migration'] } satisfies NetworkChange,
  NewQos: { name: 'gold', type: 'vm_network', inbound: { average: 1000, peak: 2000, burst: 100 } } satisfies NewQos,
  QosChange: { outbound: { average: 500, peak: 1000, burst: 50 } } satisfies QosChange,
  NewVnicProfile: {
    name: 'red-vf',
    network: { name: 'red' },
    pass_through: 'enabled',
    vf: { spoof_check: true, max_tx_rate: 1000 },
  } satisfies NewVnicProfile,
  VnicProfileChange: { migratable: true, failover: { name: 'red-bridge' } } satisfies VnicProfileChange,
  NewVm: { name: 'vm-1', cluster: { name: 'Default' }, numa_node: 0 } satisfies NewVm,
  VmChange: { policy: 'pack', numa_node: null } satisfies VmChange,
  VmStart: { host: { name: 'alpha' } } satisfies z.input<typeof operationRoutes.startVm.body>,
  VmStop: { force: true } satisfies z.input<typeof operationRoutes.stopVm.body>,
  VmMigration: { host: { name: 'bravo' } } satisfies z.input<typeof operationRoutes.migrateVm.body>,
  NewVnic: { name: 'eth0', interface: 'pci_passthrough', vnic_profile: { name: 'red-vf' } } satisfies NewVnic,
  VnicChange: {
    mac: '52:54:00:12:34:56',
    pinned_vf: { host: { id: 'alpha' }, pci_address: '0000:05:10.1' },
  } satisfies VnicChange,
} as const;
