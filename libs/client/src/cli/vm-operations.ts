import type { Operation } from '@vfleet/contracts/vocabulary/operation';
import type { Vm } from '@vfleet/contracts/vocabulary/vm';
import type { Command } from 'commander';
import type { BegunAnswer, CallOptions } from '../client.ts';
import type { Cli } from './cli.ts';
import { operationText } from './operations.ts';
import { count, referTo } from './options.ts';
import { scheduleText } from './schedule-text.ts';
import { showVm } from './show-vm.ts';
import { EXIT } from './surroundings.ts';
import { cellOf } from './table.ts';

type Wait = { wait?: number };
type Host = { host?: { name: string } };
type Begun = Promise<BegunAnswer<Vm, Operation>>;

/** vfleet vms start, stop, migrate and schedule */
export function addVmOperations(vms: Command, cli: Cli): void {
  waits(vms.command('start <vm>'))
    .description('start a virtual machine on the best host, and wait until it runs')
    .option('--host <host>', 'only this host will do', referTo)
    .action((vm: string, { wait, host }: Wait & Host) =>
      tellEnd(cli, wait, (options) => cli.client().startVm({ vm, body: host ? { host } : {} }, options)),
    );
  waits(vms.command('stop <vm>'))
    .description('stop a virtual machine, and wait until its VFs are clean')
    .option('--force', 'at once, without asking its guest')
    .action((vm: string, { wait, force }: Wait & { force?: true }) =>
      tellEnd(cli, wait, (options) => cli.client().stopVm({ vm, body: force ? { force } : {} }, options)),
    );
  waits(vms.command('migrate <vm>'))
    .description('move a running virtual machine to the best other host, and wait until it is there')
    .option('--host <host>', 'only this host will do', referTo)
    .action((vm: string, { wait, host }: Wait & Host) =>
      tellEnd(cli, wait, (options) => cli.client().migrateVm({ vm, body: host ? { host } : {} }, options)),
    );
  vms
    .command('schedule <vm>')
    .description('tell which hosts fit a virtual machine, and why the others do not; changes nothing')
    .option('--limit <number>', 'how many of the hosts that fit are told, at most 100; 10 without', count)
    .action(async (vm: string, { limit }: { limit?: number }) => {
      const { resource: schedule } = await cli.client().scheduleVm({ vm, limit });
      cli.show(schedule, () => scheduleText(schedule));
    });
}

/** vfleet vms nics plug, unplug and upgrade */
export function addVnicOperations(nics: Command, cli: Cli): void {
  waits(nics.command('plug <vm> <nic>'))
    .description('plug a vNIC in, also into a running virtual machine')
    .action((vm: string, nic: string, { wait }: Wait) =>
      tellEnd(cli, wait, (options) => cli.client().activateVnic({ vm, nic }, options)),
    );
  waits(nics.command('unplug <vm> <nic>'))
    .description('take a vNIC out, also of a running virtual machine')
    .action((vm: string, nic: string, { wait }: Wait) =>
      tellEnd(cli, wait, (options) => cli.client().deactivateVnic({ vm, nic }, options)),
    );
  waits(nics.command('upgrade <vm> <nic>'))
    .description('give a vNIC that is degraded a VF')
    .action((vm: string, nic: string, { wait }: Wait) =>
      tellEnd(cli, wait, (options) => cli.client().upgradeVnic({ vm, nic }, options)),
    );
}

function waits(command: Command): Command {
  return command
    .option('--wait <seconds>', 'how long to wait for the end at most; 0 does not wait', count)
    .addHelpText('after', `\nEnds with ${EXIT.notSettled} when the wait ended before the operation did.`);
}

async function tellEnd(cli: Cli, wait: number | undefined, begin: (options: CallOptions) => Begun): Promise<void> {
  const answer = await begin({ waitSeconds: wait, signal: cli.signal });
  if (answer.done) return showVm(cli, answer.resource);
  const { open } = answer;
  cli.show(open, () => operationText(open));
  cli.err('The operation goes on. It will end as done, or as failed with every reason.');
  cli.err(`Look again with: vfleet operations show ${cellOf(open.id)}`);
  if (wait !== 0) cli.endWith(EXIT.notSettled);
}
