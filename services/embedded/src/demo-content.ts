import type { Command } from '@vfleet/contracts/define';
import { GetNic, UpdateVfsConfig } from '@vfleet/contracts/inventory';
import {
  AddNicLabel,
  AddNicNetwork,
  AddVfsConfigLabel,
  AddVfsConfigNetwork,
} from '@vfleet/contracts/inventory-networks';
import { AddNetwork } from '@vfleet/contracts/policy/networks';
import { AddQos } from '@vfleet/contracts/policy/qos';
import { AddVm, AddVnic } from '@vfleet/contracts/policy/vms';
import { AddVnicProfile } from '@vfleet/contracts/policy/vnic-profiles';
import type { NewVnicProfile } from '@vfleet/contracts/vocabulary/vnic-profile';

/** A command or query of the demo; what is awaited is asked again until it is answered with a reply. */
export type DemoStep = { contract: Command; request: unknown; awaited: boolean };

/**
 * What the demo fleet has beside its hosts: networks, a passthrough profile on each, VMs that are down, and physical
 * functions that serve some networks only. Ids are the names, so that making it twice makes nothing twice.
 */
export const DEMO_CONTENT: readonly DemoStep[] = [
  step(AddQos, { qosId: 'gold', fields: { name: 'gold', inbound: limit(1000), outbound: limit(1000) } }),
  step(AddQos, {
    qosId: 'uplink',
    fields: { name: 'uplink', type: 'host_network', linkshare: 50, upper_limit: 10_000 },
  }),
  step(AddNetwork, { networkId: 'red', fields: { name: 'red', vlan_id: 100, label: 'tenant' } }),
  step(AddNetwork, { networkId: 'blue', fields: { name: 'blue', vlan_id: 200 } }),
  step(AddNetwork, {
    networkId: 'green',
    fields: { name: 'green', description: 'Untagged', roles: ['migration'], qos: { id: 'uplink' } },
  }),
  profile('red-virtio', { network: { id: 'red' }, qos: { id: 'gold' }, network_filter: 'clean-traffic' }),
  profile('red-passthrough', {
    network: { id: 'red' },
    pass_through: 'enabled',
    migratable: true,
    failover: { id: 'red-virtio' },
    vf: { spoof_check: true, vlan_qos: 3 },
  }),
  profile('blue-passthrough', {
    network: { id: 'blue' },
    pass_through: 'enabled',
    vf: { trust: true, max_tx_rate: 1000 },
  }),
  profile('green-passthrough', { network: { id: 'green' }, pass_through: 'enabled' }),
  profile('blue-preferred', { network: { id: 'blue' }, pass_through: 'preferred' }),
  ...vm('vm-1', ['red-passthrough']),
  ...vm('vm-2', ['red-passthrough', 'blue-passthrough'], { numa_node: 0 }),
  ...vm('vm-3', ['red-passthrough', 'blue-passthrough', 'green-passthrough'], { policy: 'spread' }),
  ...vm('vm-4', ['green-passthrough', 'blue-preferred']),
  ...servesOnly({ host: 'charlie', nic: 'enp59s0f0' }, { labels: ['tenant'], networks: ['blue'] }),
  ...servesOnly({ host: 'charlie', nic: 'enp216s0f0' }, { labels: [], networks: ['green'] }),
  reported({ host: 'bravo', nic: 'enp24s0f1' }),
  step(AddNicLabel, { host: 'bravo', nic: 'enp24s0f1', label: 'tenant' }),
  step(AddNicNetwork, { host: 'bravo', nic: 'enp24s0f1', network: 'green' }),
  // The failover of red-passthrough needs its network on every host that is to run a VM with it.
  ...['alpha', 'charlie', 'delta'].flatMap((host) => [
    reported({ host, nic: 'eno1' }),
    step(AddNicLabel, { host, nic: 'eno1', label: 'tenant' }),
  ]),
];

function step<Request>(contract: Command<Request, unknown>, request: Request): DemoStep {
  return { contract: contract as Command, request, awaited: false };
}

function reported(nic: { host: string; nic: string }): DemoStep {
  return { contract: GetNic as Command, request: nic, awaited: true };
}

function limit(average: number): { average: number; peak: number; burst: number } {
  return { average, peak: 2 * average, burst: 100 };
}

function profile(id: string, fields: Omit<NewVnicProfile, 'name'>): DemoStep {
  return step(AddVnicProfile, { vnicProfileId: id, fields: { name: id, ...fields } });
}

/** A VM with a vNIC of the type pci_passthrough on each of the profiles. */
function vm(
  id: string,
  profiles: readonly string[],
  fields: { numa_node?: number; policy?: 'spread' } = {},
): readonly DemoStep[] {
  return [
    step(AddVm, { vmId: id, fields: { name: id, ...fields } }),
    ...profiles.map((profileId, index) =>
      step(AddVnic, {
        vm: id,
        vnicId: `${id}-nic${index + 1}`,
        fields: { name: `nic${index + 1}`, interface: 'pci_passthrough', vnic_profile: { id: profileId } },
      }),
    ),
  ];
}

function servesOnly(
  pf: { host: string; nic: string },
  { labels, networks }: { labels: readonly string[]; networks: readonly string[] },
): readonly DemoStep[] {
  const on = { ...pf, vfsConfig: 'vfsConfig' };
  return [
    reported(pf),
    step(UpdateVfsConfig, { ...on, allNetworksAllowed: false }),
    ...labels.map((label) => step(AddVfsConfigLabel, { ...on, label })),
    ...networks.map((network) => step(AddVfsConfigNetwork, { ...on, network })),
  ];
}
