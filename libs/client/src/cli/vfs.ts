import type { VfsConfig } from '@vfleet/contracts/vocabulary/vfs-config';
import { type Command, InvalidArgumentError } from 'commander';
import type { Cli } from './cli.ts';
import { UsageError } from './login.ts';
import { EXIT } from './surroundings.ts';
import { cellOf, fieldsOf } from './table.ts';

type SetOptions = { num?: number; allNetworks?: boolean; wait?: number };
const ANY = 'vfsConfig';

/** vfleet vfs … */
export function addVfsCommands(program: Command, cli: Cli): void {
  const vfs = program.command('vfs').description('the virtual functions of a physical function');

  vfs
    .command('show <host> <nic>')
    .description('show the VFs configuration of an interface')
    .action(async (host: string, nic: string) => {
      const { resource } = await cli.client().getVfsConfig({ host, nic, vfsConfig: ANY });
      cli.show(resource, () => textOf(resource));
    });
  vfs
    .command('set <host> <nic>')
    .description('set the number of VFs, or whether all networks are allowed, and wait until it is done')
    .option('--num <number>', 'how many VFs there are to be', count)
    .option('--all-networks', 'allow all networks')
    .option('--no-all-networks', 'allow only the networks that are listed')
    .option('--wait <seconds>', 'how long to wait for the outcome at most; 0 does not wait', count)
    .addHelpText('after', `\nEnds with ${EXIT.notSettled} when the wait ended before the change did.`)
    .action(async (host: string, nic: string, options: SetOptions) => {
      const { num, allNetworks, wait } = options;
      if (num === undefined && allNetworks === undefined)
        throw new UsageError('nothing to set: give --num, --all-networks or --no-all-networks');
      const body = {
        ...(num === undefined ? {} : { num_of_vfs: num }),
        ...(allNetworks === undefined ? {} : { all_networks_allowed: allNetworks }),
      };
      const target = { host, nic, vfsConfig: ANY };
      const { status, resource } = await cli
        .client()
        .updateVfsConfig({ ...target, body }, { waitSeconds: wait, signal: cli.signal });
      cli.show(resource, () => textOf(resource));
      if (status !== 202) return;
      cli.err('The change is saved and not done yet. It will end as applied, or as failed with the number there was.');
      cli.err(`Look again with: vfleet vfs show ${cellOf(host)} ${cellOf(nic)}`);
      if (wait !== 0) cli.endWith(EXIT.notSettled);
    });
  vfs
    .command('remove <host> <nic>')
    .description('remove the VFs configuration of an interface that is missing from its host')
    .action(async (host: string, nic: string) => {
      await cli.client().removeVfsConfig({ host, nic, vfsConfig: ANY });
      cli.err(`The VFs configuration of ${cellOf(nic)} is removed`);
    });
}

function count(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  return Number(text);
}

function textOf(config: VfsConfig): string {
  const { networks, progress, last_error: error, drift, ...fields } = config;
  return fieldsOf({
    ...fields,
    networks: networks.map(({ name, via_label }) => (via_label === null ? name : `${name} (label ${via_label})`)),
    progress: progress && `${progress.step}, ${progress.done} of ${progress.total}`,
    last_error: error && `${error.cause} (${error.code}). Remedy: ${error.remedy}`,
    drift: drift && `${drift.wanted} wanted, ${drift.existing} there since ${drift.since}`,
  });
}
