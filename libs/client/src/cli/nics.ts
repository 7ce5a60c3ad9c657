import type { HostDevice } from '@vfleet/contracts/vocabulary/host-device';
import type { Nic } from '@vfleet/contracts/vocabulary/nic';
import type { Command } from 'commander';
import { allOf, type Cli } from './cli.ts';
import { addNetworkListCommands, type NetworkLists } from './network-lists.ts';
import { fieldsOf, tableOf } from './table.ts';

/** vfleet nics …, vfleet devices … */
export function addNicCommands(program: Command, cli: Cli): void {
  const nics = program.command('nics').description('the network interfaces of a host');
  nics
    .command('list <host>')
    .description('list the network interfaces of a host')
    .action(async (host: string) => {
      const client = cli.client();
      const items = await allOf((cursor) => client.listNics({ host, limit: 1000, cursor }));
      cli.show(items, () => tableOf(NIC_TITLES, items.map(nicRow)));
    });
  nics
    .command('show <host> <nic>')
    .description('show a network interface, by id or name')
    .action(async (host: string, name: string) => {
      const { resource: nic } = await cli.client().getNic({ host, nic: name });
      cli.show(nic, () => fieldsOf(nicFields(nic)));
    });
  addNetworkListCommands(nics, cli, OWN);

  const devices = program.command('devices').description('the device table of a host');
  devices
    .command('list <host>')
    .description('list the devices of a host')
    .action(async (host: string) => {
      const client = cli.client();
      const items = await allOf((cursor) => client.listDevices({ host, limit: 1000, cursor }));
      cli.show(items, () => tableOf(DEVICE_TITLES, items.map(deviceRow)));
    });
}

const OWN: NetworkLists = {
  of: 'an interface itself',
  networks: {
    list: (client, at) => client.listNicNetworks(at),
    add: (client, at, name) => client.addNicNetwork({ ...at, body: { name } }),
    remove: (client, at, network) => client.removeNicNetwork({ ...at, network }),
  },
  labels: {
    list: (client, at) => client.listNicLabels(at),
    add: (client, at, id) => client.addNicLabel({ ...at, body: { id } }),
    remove: (client, at, label) => client.removeNicLabel({ ...at, label }),
  },
};

const NIC_TITLES = ['NAME', 'KIND', 'MAC', 'PCI ADDRESS', 'DRIVER', 'NUMA', 'CARRIER', 'VFS', 'STATE'];

function nicRow({
  name,
  mac,
  pci_address,
  driver,
  numa_node,
  carrier,
  vfs_config: config,
  vf,
  ...nic
}: Nic): unknown[] {
  const state = config?.state ?? vf?.state;
  const vfs = config && `${config.existing_num_of_vfs}/${config.max_num_of_vfs}`;
  return [name, kindOf({ ...nic, vfs_config: config, vf }), mac, pci_address, driver, numa_node, carrier, vfs, state];
}

function kindOf({ vfs_config, vf, kind }: Pick<Nic, 'vfs_config' | 'vf' | 'kind'>): string {
  return vfs_config ? 'PF' : vf ? 'VF' : kind;
}

function nicFields({
  vfs_config: config,
  vf,
  physical_function: pf,
  networks,
  uppers,
  representor_of: represented,
  ...nic
}: Nic): Record<string, unknown> {
  return {
    ...nic,
    kind: kindOf({ ...nic, vfs_config: config, vf }),
    uppers: uppers.map(({ name, kind }) => `${name} (${kind})`),
    ...(represented ? { representor_of: `VF ${represented.vf_index} of ${represented.physical_function}` } : {}),
    networks: networks.map(({ name }) => name),
    ...(config
      ? {
          num_of_vfs: config.num_of_vfs,
          max_num_of_vfs: config.max_num_of_vfs,
          state: config.state,
          health: config.health.state,
        }
      : {}),
    ...(pf ? { physical_function: pf.name } : {}),
    ...(vf
      ? {
          state: vf.state,
          proof: vf.proof,
          not_free_because: vf.reasons.map(({ text }) => text),
          iommu_group: vf.iommu_group,
        }
      : {}),
    ...(vf?.claim ? { vm: vf.claim.vm.name, vnic: vf.claim.vnic.name } : {}),
  };
}

const DEVICE_TITLES = [
  'NAME',
  'CAPABILITY',
  'PCI ADDRESS',
  'DRIVER',
  'PRODUCT',
  'IOMMU GROUP',
  'NUMA',
  'VFS',
  'PHYSICAL FUNCTION',
];

function deviceRow(device: HostDevice): unknown[] {
  const { name, capability, pci_address, driver, product, iommu_group, numa_node, total_vfs, physical_function } =
    device;
  return [name, capability, pci_address, driver, product, iommu_group, numa_node, total_vfs, physical_function];
}
