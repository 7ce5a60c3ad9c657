import { type Cluster, SchedulingPolicy } from '@vfleet/contracts/vocabulary/cluster';
import type { Command } from 'commander';
import { allOf, type Cli } from './cli.ts';
import { bodyOf, changeOf, oneOf, searchedByName, yesOrNo } from './options.ts';
import { cellOf, fieldsOf, tableOf } from './table.ts';

type ClusterOptions = {
  description?: string;
  compatibilityVersion?: string;
  policy?: SchedulingPolicy;
  requireCarrier?: boolean;
};

/** vfleet clusters … */
export function addClusterCommands(program: Command, cli: Cli): void {
  const clusters = program.command('clusters').description('the clusters that hosts and virtual machines are in');

  searchedByName(clusters.command('list'))
    .description('list the clusters, in the order of their names')
    .action(async ({ name }: { name?: string }) => {
      const client = cli.client();
      const items = await allOf((cursor) => client.listClusters({ limit: 1000, cursor, name }));
      cli.show(items, () => tableOf(TITLES, items.map(rowOf)));
    });
  clusters
    .command('show <cluster>')
    .description('show a cluster, by id or name')
    .action(async (cluster: string) => showCluster(cli, (await cli.client().getCluster({ cluster })).resource));
  withFields(
    clusters.command('add <name>').description('add a cluster').option('--id <id>', 'its id; one is made without'),
  ).action(async (name: string, options: ClusterOptions & { id?: string }) => {
    const body = { name, ...bodyOf(options) };
    showCluster(cli, (await cli.client().addCluster({ body })).resource);
  });
  withFields(
    clusters.command('update <cluster>').description('change a cluster').option('--name <name>', 'another name'),
  ).action(async (cluster: string, options: ClusterOptions & { name?: string }) => {
    const body = changeOf(bodyOf(options));
    showCluster(cli, (await cli.client().updateCluster({ cluster, body })).resource);
  });
  clusters
    .command('remove <cluster>')
    .description('remove a cluster that no host and no virtual machine is in')
    .action(async (cluster: string) => {
      await cli.client().removeCluster({ cluster });
      cli.err(`${cellOf(cluster)} is removed`);
    });
}

function withFields(command: Command): Command {
  return command
    .option('--description <text>', 'what it is for')
    .option('--compatibility-version <version>', 'what its hosts can do, such as 4.7')
    .option(
      '--policy <policy>',
      `how free VFs are chosen: ${SchedulingPolicy.options.join(', ')}`,
      oneOf(SchedulingPolicy.options),
    )
    .option(
      '--require-carrier <yes|no>',
      'whether VFs of a physical function without carrier are kept back; no unless told',
      yesOrNo,
    );
}

const TITLES = ['ID', 'NAME', 'COMPATIBILITY VERSION', 'POLICY'];

function rowOf({ id, name, compatibility_version, policy }: Cluster): unknown[] {
  return [id, name, compatibility_version, policy];
}

function showCluster(cli: Cli, cluster: Cluster): void {
  cli.show(cluster, () => fieldsOf(cluster));
}
