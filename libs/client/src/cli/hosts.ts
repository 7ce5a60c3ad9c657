import type { AddedHost } from '@vfleet/contracts/vocabulary/enrolment';
import type { Host } from '@vfleet/contracts/vocabulary/host';
import type { Command } from 'commander';
import { allOf, type Cli } from './cli.ts';
import { bodyOf, changeOf, referTo } from './options.ts';
import { cellOf, fieldsOf, tableOf } from './table.ts';

/** vfleet hosts … */
export function addHostCommands(program: Command, cli: Cli): void {
  const hosts = program.command('hosts').description('the hosts of the fleet');

  hosts
    .command('list')
    .description('list all hosts')
    .action(async () => {
      const client = cli.client();
      const items = await allOf((cursor) => client.listHosts({ limit: 1000, cursor }));
      cli.show(items, () => tableOf(TITLES, items.map(rowOf)));
    });
  hosts
    .command('show <host>')
    .description('show a host, by id or name')
    .action(async (host: string) => showHost(cli, (await cli.client().getHost({ host })).resource));
  hosts
    .command('add <name>')
    .description('add a host, and tell the token that its agent is enrolled with, once')
    .option('--id <id>', 'the id of the host; one is made without')
    .option('--cluster <cluster>', 'the cluster it is in; Default without', referTo)
    .action(async (name: string, options: { id?: string; cluster?: { name: string } }) => {
      const body = { name, ...bodyOf(options) };
      const { resource } = await cli.client().addHost({ body });
      const { enrolment, enrolment_problem, ...host } = resource;
      cli.show(resource, () => `${hostInWords(host)}\n\n${enrolmentInWords(enrolment, enrolment_problem)}`);
    });
  hosts
    .command('enrol <host>')
    .description('make new credentials for the agent of a host; the earlier ones end')
    .action(async (host: string) => {
      const { resource } = await cli.client().enrolHost({ host });
      cli.show(resource, () => enrolmentInWords(resource, null));
    });
  hosts
    .command('update <host>')
    .description('rename a host, or move it to another cluster')
    .option('--name <name>', 'another name')
    .option('--cluster <cluster>', 'another cluster', referTo)
    .action(async (host: string, options: { name?: string; cluster?: { name: string } }) => {
      const body = changeOf(bodyOf(options));
      showHost(cli, (await cli.client().updateHost({ host, body })).resource);
    });
  hosts
    .command('rename <host> <name>')
    .description('give a host another name')
    .action(async (host: string, name: string) =>
      showHost(cli, (await cli.client().updateHost({ host, body: { name } })).resource),
    );
  hosts
    .command('remove <host>')
    .description('remove a host; nothing is changed on the host itself')
    .action(async (host: string) => {
      await cli.client().removeHost({ host });
      cli.err(`${cellOf(host)} is removed`);
    });
  hosts
    .command('refresh <host>')
    .description('ask a host for a full report of its devices')
    .action(async (host: string) => {
      await cli.client().refreshHost({ host });
      cli.err(`${cellOf(host)} is asked for a full report`);
    });
  hosts
    .command('maintenance <host>')
    .description('keep a host out of scheduling; what runs there goes on')
    .action(async (host: string) => showHost(cli, (await cli.client().startMaintenance({ host })).resource));
  hosts
    .command('activate <host>')
    .description('give a host in maintenance back to scheduling')
    .action(async (host: string) => showHost(cli, (await cli.client().activateHost({ host })).resource));
  hosts
    .command('confirm-powered-off <host>')
    .description('confirm that a host that is down is powered off: its virtual machines end, their VFs are free')
    .addHelpText('after', '\nMake sure of it first: a virtual machine that still runs there would then run twice.')
    .action(async (host: string) => {
      const { resource } = await cli.client().confirmPoweredOff({ host });
      const rows = resource.claims.map(({ id, pci_address, fence }) => [id, pci_address, fence]);
      cli.show(resource, () => (rows.length === 0 ? 'No claim ended with it.' : tableOf(RELEASED, rows)));
    });
}

const RELEASED = ['CLAIM', 'VF', 'FENCE'];
const TITLES = ['ID', 'NAME', 'STATUS', 'CLUSTER', 'PFS', 'VFS', 'IN USE', 'FREE', 'UNHEALTHY', 'IOMMU'];

function rowOf({ id, name, status, cluster, pfs, vfs, vfs_in_use, free_vfs, ...host }: Host): unknown[] {
  return [id, name, status, cluster.name, pfs, vfs, vfs_in_use, free_vfs, host.unhealthy_pfs, host.iommu];
}

function enrolmentInWords(enrolment: AddedHost['enrolment'], problem: AddedHost['enrolment_problem']): string {
  if (!enrolment) return problem ? `No credentials for its agent: ${problem.detail} ${problem.remedy}` : '';
  return [
    'Run this on the host, and give it the token when it asks:',
    '  vfleet-host-agent enroll',
    'The token is told once and kept nowhere. Whoever has it can speak as this host:',
    enrolment.token,
  ].join('\n');
}

function showHost(cli: Cli, host: Host): void {
  cli.show(host, () => hostInWords(host));
}

function hostInWords(host: Host): string {
  const { cluster, agent, last_report_error: error, problems, differences, ...fields } = host;
  return fieldsOf({
    ...fields,
    cluster: cluster.name,
    agent: agent.version,
    last_seen: agent.last_seen,
    last_report_error: error && [error.device, error.field, error.detail].filter((part) => part !== null).join(': '),
    problems: problems.map(({ text, remedy }) => `${text} Remedy: ${remedy}`),
    differences: differences.map(({ text, remedy, since }) => `${text} (since ${since}). Remedy: ${remedy}`),
  });
}
