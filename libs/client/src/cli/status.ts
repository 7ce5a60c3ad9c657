import type { Command } from 'commander';
import { allOf, type Cli } from './cli.ts';
import { EXIT } from './surroundings.ts';
import { fieldsOf } from './table.ts';

/** vfleet status */
export function addStatusCommand(program: Command, cli: Cli): void {
  program
    .command('status')
    .description('show whether all works, and the fleet in figures')
    .action(async () => {
      const client = cli.client();
      const { ready, problems } = await client.getReadiness();
      if (!ready) cli.endWith(EXIT.refused);
      const { resource: product } = await client.getProduct({});
      const hosts = ready ? await allOf((cursor) => client.listHosts({ limit: 1000, cursor })) : [];
      const sum = (field: 'pfs' | 'vfs' | 'vfs_in_use' | 'free_vfs') =>
        hosts.reduce((total, host) => total + host[field], 0);
      const fleet = {
        hosts: hosts.length,
        hosts_up: hosts.filter(({ status }) => status === 'up').length,
        pfs: sum('pfs'),
        vfs: sum('vfs'),
        vfs_in_use: sum('vfs_in_use'),
        free_vfs: sum('free_vfs'),
      };
      const status = { version: product.version, ready, problems, ...(ready ? fleet : {}) };
      cli.show(status, () => fieldsOf(status));
    });
}
