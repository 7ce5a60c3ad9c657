import type { Command } from 'commander';
import type { Cli } from './cli.ts';
import { count } from './options.ts';
import { planText } from './plan-text.ts';
import { EXIT } from './surroundings.ts';
import { cellOf } from './table.ts';
import { showChange, vfsText } from './vfs-text.ts';

const ANY = 'vfsConfig';

/** vfleet vfs repair, adopt, acknowledge */
export function addVfsDriftCommands(vfs: Command, cli: Cli): void {
  waits(vfs.command('repair <host> <nic>'))
    .description('make the number of VFs that is in force exist again, after something else changed it')
    .option('--plan', 'only tell what it would do: whom it hits, what has to be done first, how long it takes')
    .action(async (host: string, nic: string, { plan, wait }: { plan?: boolean; wait?: number }) => {
      if (plan) return showPlan(cli, { host, nic });
      const options = { waitSeconds: wait, signal: cli.signal };
      showChange(cli, { host, nic, wait }, await cli.client().repairVfsConfig({ host, nic, vfsConfig: ANY }, options));
    });
  waits(vfs.command('adopt <host> <nic>'))
    .description('take the number of VFs that exists as the wanted one; no VF is touched')
    .action(async (host: string, nic: string, { wait }: { wait?: number }) => {
      const options = { waitSeconds: wait, signal: cli.signal };
      showChange(cli, { host, nic, wait }, await cli.client().adoptVfsConfig({ host, nic, vfsConfig: ANY }, options));
    });
  vfs
    .command('acknowledge <host> <nic>')
    .description('take the PCIe errors counted so far as dealt with; only later ones count against its health')
    .action(async (host: string, nic: string) => {
      const { resource } = await cli.client().acknowledgePcieErrors({ host, nic, vfsConfig: ANY });
      cli.show(resource, () => vfsText(resource));
    });
}

function waits(command: Command): Command {
  return command
    .option('--wait <seconds>', 'how long to wait for the outcome at most; 0 does not wait', count)
    .addHelpText('after', `\nEnds with ${EXIT.notSettled} when the wait ended before the change did.`);
}

async function showPlan(cli: Cli, { host, nic }: { host: string; nic: string }): Promise<void> {
  const target = { host, nic, vfsConfig: ANY };
  const { resource: config } = await cli.client().getVfsConfig(target);
  if (config.drift === null) return cli.err(`${cellOf(nic)} shows no drift: there is nothing to repair`);
  const body = { num_of_vfs: config.drift.wanted };
  const { resource: plan } = await cli.client().planVfsConfig({ ...target, body });
  cli.show(plan, () => planText(plan));
}
