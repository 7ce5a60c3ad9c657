import type { AllowedNetwork } from '@vfleet/contracts/vocabulary/allowed-network';
import type { LabelResource } from '@vfleet/contracts/vocabulary/label';
import type { Command } from 'commander';
import type { Answer, Client } from '../client.ts';
import { allOf, type Cli } from './cli.ts';
import { cellOf, tableOf } from './table.ts';

type OnNic = { host: string; nic: string };
type Page = { limit: number; cursor: string | undefined };
type Listed<Item> = Promise<Answer<{ items: Item[]; next: string | null }>>;

/** A list of networks and one of labels, as the API has them on an interface and on its VFs configuration. */
export type NetworkLists = {
  /** Whose lists they are, in words. */
  of: string;
  networks: {
    list(client: Client, at: OnNic & Page): Listed<AllowedNetwork>;
    add(client: Client, at: OnNic, network: string): Promise<Answer<AllowedNetwork>>;
    remove(client: Client, at: OnNic, network: string): Promise<unknown>;
  };
  labels: {
    list(client: Client, at: OnNic & Page): Listed<LabelResource>;
    add(client: Client, at: OnNic, label: string): Promise<Answer<LabelResource>>;
    remove(client: Client, at: OnNic, label: string): Promise<unknown>;
  };
};

/** vfleet nics networks …, vfleet nics labels …, and the same of vfs */
export function addNetworkListCommands(parent: Command, cli: Cli, { of, networks, labels }: NetworkLists): void {
  const networkCommands = parent.command('networks').description(`the networks of ${of}`);
  networkCommands
    .command('list <host> <nic>')
    .description(`list the networks of ${of}, each with the label that brings it in`)
    .action(async (host: string, nic: string) => {
      const client = cli.client();
      const items = await allOf((cursor) => networks.list(client, { host, nic, limit: 1000, cursor }));
      cli.show(items, () => tableOf(['ID', 'NAME', 'VIA LABEL'], items.map(rowOf)));
    });
  networkCommands
    .command('add <host> <nic> <network>')
    .description('add a network, by id or name')
    .action(async (host: string, nic: string, network: string) => {
      const { resource } = await networks.add(cli.client(), { host, nic }, network);
      cli.show(resource, () => `${cellOf(resource.name)} is added`);
    });
  networkCommands
    .command('remove <host> <nic> <network>')
    .description('take a network off the list, by id or name; one that a label brings in goes with the label')
    .action(async (host: string, nic: string, network: string) => {
      await networks.remove(cli.client(), { host, nic }, network);
      cli.err(`${cellOf(network)} is off the list`);
    });

  const labelCommands = parent.command('labels').description(`the labels of ${of}, each with all its networks`);
  labelCommands
    .command('list <host> <nic>')
    .description(`list the labels of ${of}`)
    .action(async (host: string, nic: string) => {
      const client = cli.client();
      const items = await allOf((cursor) => labels.list(client, { host, nic, limit: 1000, cursor }));
      cli.show(items, () =>
        tableOf(
          ['LABEL'],
          items.map(({ id }) => [id]),
        ),
      );
    });
  labelCommands
    .command('add <host> <nic> <label>')
    .description('add a label, with every network that carries it now or later')
    .action(async (host: string, nic: string, label: string) => {
      const { resource } = await labels.add(cli.client(), { host, nic }, label);
      cli.show(resource, () => `${cellOf(resource.id)} is added`);
    });
  labelCommands
    .command('remove <host> <nic> <label>')
    .description('take a label off the list')
    .action(async (host: string, nic: string, label: string) => {
      await labels.remove(cli.client(), { host, nic }, label);
      cli.err(`${cellOf(label)} is off the list`);
    });
}

function rowOf({ id, name, via_label }: AllowedNetwork): unknown[] {
  return [id, name, via_label];
}
