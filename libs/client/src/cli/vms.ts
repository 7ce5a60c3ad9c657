import { SchedulingPolicy } from '@vfleet/contracts/vocabulary/cluster';
import type { Vm } from '@vfleet/contracts/vocabulary/vm';
import type { Command } from 'commander';
import { allOf, type Cli } from './cli.ts';
import { UsageError } from './login.ts';
import {
  bodyOf,
  changeOf,
  count,
  oneOf,
  orNone,
  referTo,
  searchedByName,
  type TakenAway,
  tellingNone,
} from './options.ts';
import { showVm } from './show-vm.ts';
import { cellOf, tableOf } from './table.ts';
import { addVmOperations } from './vm-operations.ts';
import { addVnicCommands } from './vnics.ts';

type VmOptions = {
  description?: string;
  cluster?: { name: string };
  numaNode?: number | TakenAway;
  policy?: SchedulingPolicy | TakenAway;
  domainXml?: string | TakenAway;
};

/** vfleet vms … */
export function addVmCommands(program: Command, cli: Cli): void {
  const vms = program.command('vms').description('the virtual machines');

  searchedByName(vms.command('list'))
    .description('list the virtual machines, in the order of their names')
    .action(async ({ name }: { name?: string }) => {
      const client = cli.client();
      const items = await allOf((cursor) => client.listVms({ limit: 1000, cursor, name }));
      cli.show(items, () => tableOf(TITLES, items.map(rowOf)));
    });
  vms
    .command('show <vm>')
    .description('show a virtual machine and its vNICs, by id or name')
    .action(async (vm: string) => showVm(cli, (await cli.client().getVm({ vm })).resource));
  withFields(
    vms.command('add <name>').description('add a virtual machine').option('--id <id>', 'its id; one is made without'),
    cli,
  ).action(async (name: string, options: VmOptions & { id?: string }) => {
    const body = { name, ...bodyOf(options) };
    showVm(cli, (await cli.client().addVm({ body })).resource);
  });
  withFields(
    vms.command('update <vm>').description('change a virtual machine').option('--name <name>', 'another name'),
    cli,
  ).action(async (vm: string, options: VmOptions & { name?: string }) => {
    const body = changeOf(bodyOf(options));
    showVm(cli, (await cli.client().updateVm({ vm, body })).resource);
  });
  vms
    .command('remove <vm>')
    .description('remove a virtual machine that is down, with its vNICs')
    .action(async (vm: string) => {
      await cli.client().removeVm({ vm });
      cli.err(`${cellOf(vm)} is removed`);
    });
  addVmOperations(vms, cli);
  addVnicCommands(vms, cli);
}

function withFields(command: Command, { readFile }: Pick<Cli, 'readFile'>): Command {
  const policies = SchedulingPolicy.options;
  return tellingNone(command)
    .option('--description <text>', 'what it is for')
    .option('--cluster <cluster>', 'the cluster it runs in', referTo)
    .option('--numa-node <node>', 'where its VFs should be, or none', orNone(count))
    .option(
      '--policy <policy>',
      `how its VFs are chosen: ${policies.join(', ')}, or none for its cluster's`,
      orNone(oneOf(policies)),
    )
    .option('--domain-xml <file>', 'a file with its definition for libvirt, or none', orNone(textOf));

  function textOf(path: string): string {
    try {
      return readFile(path);
    } catch (problem) {
      throw new UsageError(`the domain XML cannot be read: ${problem instanceof Error ? problem.message : problem}`);
    }
  }
}

const TITLES = ['ID', 'NAME', 'STATUS', 'CLUSTER', 'HOST', 'NUMA', 'POLICY', 'NICS'];

function rowOf({ id, name, status, cluster, host, numa_node, policy, nics }: Vm): unknown[] {
  return [id, name, status, cluster.name, host?.name, numa_node, policy, nics.map((nic) => nic.name)];
}
