import { type Network, NetworkRole } from '@vfleet/contracts/vocabulary/network';
import type { Command } from 'commander';
import { allOf, type Cli } from './cli.ts';
import {
  asItIs,
  bodyOf,
  changeOf,
  count,
  listOf,
  orNone,
  referTo,
  searchedByName,
  type TakenAway,
  tellingNone,
} from './options.ts';
import { cellOf, fieldsOf, tableOf } from './table.ts';

type NetworkOptions = {
  description?: string;
  vlanId?: number | TakenAway;
  mtu?: number;
  label?: string | TakenAway;
  portIsolation?: boolean;
  required?: boolean;
  roles?: NetworkRole[];
  qos?: { name: string } | TakenAway;
};

/** vfleet networks … */
export function addNetworkCommands(program: Command, cli: Cli): void {
  const networks = program.command('networks').description('the networks that vNICs are on');

  searchedByName(networks.command('list'))
    .description('list the networks, in the order of their names')
    .action(async ({ name }: { name?: string }) => {
      const client = cli.client();
      const items = await allOf((cursor) => client.listNetworks({ limit: 1000, cursor, name }));
      cli.show(items, () => tableOf(TITLES, items.map(rowOf)));
    });
  networks
    .command('show <network>')
    .description('show a network, by id or name')
    .action(async (network: string) => showNetwork(cli, (await cli.client().getNetwork({ network })).resource));
  withFields(
    networks.command('add <name>').description('add a network').option('--id <id>', 'its id; one is made without'),
  ).action(async (name: string, options: NetworkOptions & { id?: string }) => {
    const body = { name, ...bodyOf(options) };
    showNetwork(cli, (await cli.client().addNetwork({ body })).resource);
  });
  withFields(
    networks
      .command('update <network>')
      .description('change a network; vNICs that run take it at their next plug')
      .option('--name <name>', 'another name'),
  ).action(async (network: string, options: NetworkOptions & { name?: string }) => {
    const body = changeOf(bodyOf(options));
    showNetwork(cli, (await cli.client().updateNetwork({ network, body })).resource);
  });
  networks
    .command('remove <network>')
    .description('remove a network that no vNIC profile uses; it leaves the lists of every host')
    .action(async (network: string) => {
      await cli.client().removeNetwork({ network });
      cli.err(`${cellOf(network)} is removed`);
    });
}

function withFields(command: Command): Command {
  return tellingNone(command)
    .option('--description <text>', 'what it is for')
    .option('--vlan-id <id>', 'its VLAN, 1 to 4094, or none', orNone(count))
    .option('--mtu <bytes>', 'its MTU', count)
    .option('--label <label>', 'what brings it into every list with that label, or none', orNone(asItIs))
    .option('--port-isolation', 'keep its ports apart')
    .option('--no-port-isolation', 'let its ports talk to each other')
    .option('--required', 'every host of a cluster needs it')
    .option('--no-required', 'hosts can do without it')
    .option(
      '--roles <roles>',
      `${NetworkRole.options.join(', ')} with commas between them, or none`,
      listOf(NetworkRole.options),
    )
    .option('--qos <qos>', 'a QoS of the type host_network, or none', orNone(referTo));
}

const TITLES = ['ID', 'NAME', 'VLAN', 'MTU', 'LABEL', 'PORT ISOLATION', 'ROLES', 'QOS'];

function rowOf({ id, name, vlan_id, mtu, label, port_isolation, roles, qos }: Network): unknown[] {
  return [id, name, vlan_id, mtu, label, port_isolation, roles, qos?.name];
}

function showNetwork(cli: Cli, network: Network): void {
  cli.show(network, () => fieldsOf({ ...network, qos: network.qos?.name }));
}
