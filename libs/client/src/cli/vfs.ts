import type { Command } from 'commander';
import type { Cli } from './cli.ts';
import { UsageError } from './login.ts';
import { addNetworkListCommands, type NetworkLists } from './network-lists.ts';
import { count } from './options.ts';
import { planText } from './plan-text.ts';
import { EXIT } from './surroundings.ts';
import { cellOf } from './table.ts';
import { addVfsDriftCommands } from './vfs-drift.ts';
import { showChange, vfsText } from './vfs-text.ts';

/** `mtu` false: the PF's own is left alone. */
type Wanted = { num?: number; mtu?: number | false; allNetworks?: boolean };
type SetOptions = Wanted & { planToken?: string; wait?: number };
type Body = { num_of_vfs?: number; mtu?: number | null; all_networks_allowed?: boolean };
const ANY = 'vfsConfig';

/** vfleet vfs … */
export function addVfsCommands(program: Command, cli: Cli): void {
  const vfs = program.command('vfs').description('virtual functions: how many, what they may serve');

  vfs
    .command('show <host> <nic>')
    .description('show the VFs configuration of an interface')
    .action(async (host: string, nic: string) => {
      const { resource } = await cli.client().getVfsConfig({ host, nic, vfsConfig: ANY });
      cli.show(resource, () => vfsText(resource));
    });
  wants(vfs.command('plan <host> <nic>'))
    .description('tell what a set would do: whom it hits, what has to be done first, how long it takes')
    .action(async (host: string, nic: string, options: Wanted) => {
      const body = bodyOf(options, 'plan');
      const { resource: plan } = await cli.client().planVfsConfig({ host, nic, vfsConfig: ANY, body });
      cli.show(plan, () => planText(plan));
    });
  wants(vfs.command('set <host> <nic>'))
    .description(
      'set the number of VFs, the MTU of the PF, or whether all networks are allowed, and wait until it is done',
    )
    .option('--plan-token <token>', 'the token of a plan: refused when something has moved since')
    .option('--wait <seconds>', 'how long to wait for the outcome at most; 0 does not wait', count)
    .addHelpText('after', `\nEnds with ${EXIT.notSettled} when the wait ended before the change did.`)
    .action(async (host: string, nic: string, { planToken, wait, ...options }: SetOptions) => {
      const body = { ...bodyOf(options, 'set'), ...(planToken === undefined ? {} : { plan_token: planToken }) };
      const target = { host, nic, vfsConfig: ANY };
      const calling = { waitSeconds: wait, signal: cli.signal };
      showChange(cli, { host, nic, wait }, await cli.client().updateVfsConfig({ ...target, body }, calling));
    });
  addVfsDriftCommands(vfs, cli);
  vfs
    .command('remove <host> <nic>')
    .description('remove the VFs configuration of an interface that is missing from its host')
    .action(async (host: string, nic: string) => {
      await cli.client().removeVfsConfig({ host, nic, vfsConfig: ANY });
      cli.err(`The VFs configuration of ${cellOf(nic)} is removed`);
    });
  addNetworkListCommands(vfs, cli, ALLOWED);
}

function wants(command: Command): Command {
  return command
    .option('--num <number>', 'how many VFs there are to be', count)
    .option('--mtu <bytes>', 'the MTU of the PF itself, which none of its VFs can exceed', count)
    .option('--no-mtu', 'leave the MTU of the PF alone, as it is at first')
    .option('--all-networks', 'allow all networks')
    .option('--no-all-networks', 'allow only the networks that are listed');
}

function bodyOf({ num, mtu, allNetworks }: Wanted, verb: string): Body {
  if (num === undefined && mtu === undefined && allNetworks === undefined)
    throw new UsageError(`nothing to ${verb}: give --num, --mtu, --no-mtu, --all-networks or --no-all-networks`);
  return {
    ...(num === undefined ? {} : { num_of_vfs: num }),
    ...(mtu === undefined ? {} : { mtu: mtu === false ? null : mtu }),
    ...(allNetworks === undefined ? {} : { all_networks_allowed: allNetworks }),
  };
}

const ALLOWED: NetworkLists = {
  of: 'the VFs of a physical function',
  networks: {
    list: (client, at) => client.listVfsConfigNetworks({ ...at, vfsConfig: ANY }),
    add: (client, at, name) => client.addVfsConfigNetwork({ ...at, vfsConfig: ANY, body: { name } }),
    remove: (client, at, network) => client.removeVfsConfigNetwork({ ...at, vfsConfig: ANY, network }),
  },
  labels: {
    list: (client, at) => client.listVfsConfigLabels({ ...at, vfsConfig: ANY }),
    add: (client, at, id) => client.addVfsConfigLabel({ ...at, vfsConfig: ANY, body: { id } }),
    remove: (client, at, label) => client.removeVfsConfigLabel({ ...at, vfsConfig: ANY, label }),
  },
};
