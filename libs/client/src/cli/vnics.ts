import { type Vnic, VnicInterface } from '@vfleet/contracts/vocabulary/vnic';
import { type Command, InvalidArgumentError } from 'commander';
import type { Client } from '../client.ts';
import { allOf, type Cli } from './cli.ts';
import { bodyOf, changeOf, count, oneOf, orNone, referTo, type TakenAway, tellingNone } from './options.ts';
import { cellOf, fieldsOf } from './table.ts';
import { addVnicOperations } from './vm-operations.ts';
import { vnicTable } from './vnic-table.ts';

type VnicOptions = {
  interface?: VnicInterface;
  vnicProfile?: { name: string } | TakenAway;
  mac?: string;
  plugged?: boolean;
  linked?: boolean;
  bootOrder?: number | TakenAway;
  customMtu?: number | TakenAway;
  macSpoofing?: boolean;
  pinnedVf?: PinnedVf | TakenAway;
};
/** The host by id or name. */
type PinnedVf = { host: string; address: string };

/** vfleet vms nics … */
export function addVnicCommands(vms: Command, cli: Cli): void {
  const nics = vms.command('nics').description('the vNICs of a virtual machine');

  nics
    .command('list <vm>')
    .description('list the vNICs of a virtual machine, in the order of their names')
    .action(async (vm: string) => {
      const client = cli.client();
      const items = await allOf((cursor) => client.listVnics({ vm, limit: 1000, cursor }));
      cli.show(items, () => vnicTable(items));
    });
  nics
    .command('show <vm> <nic>')
    .description('show a vNIC, by id or name')
    .action(async (vm: string, nic: string) => showVnic(cli, (await cli.client().getVnic({ vm, nic })).resource));
  withFields(
    nics
      .command('add <vm> <name>')
      .description('add a vNIC to a virtual machine')
      .option('--id <id>', 'its id; one is made without'),
  ).action(async (vm: string, name: string, options: VnicOptions & { id?: string }) => {
    const client = cli.client();
    const body = { name, ...(await vnicOf(options, client)) };
    showVnic(cli, (await client.addVnic({ vm, body })).resource);
  });
  withFields(
    nics
      .command('update <vm> <nic>')
      .description('change a vNIC that is not plugged into a running one')
      .option('--name <name>', 'another name'),
  ).action(async (vm: string, nic: string, options: VnicOptions & { name?: string }) => {
    const client = cli.client();
    const body = changeOf(await vnicOf(options, client));
    showVnic(cli, (await client.updateVnic({ vm, nic, body })).resource);
  });
  nics
    .command('remove <vm> <nic>')
    .description('remove a vNIC that is not plugged into a running virtual machine')
    .action(async (vm: string, nic: string) => {
      await cli.client().removeVnic({ vm, nic });
      cli.err(`${cellOf(nic)} is removed`);
    });
  addVnicOperations(nics, cli);
}

function withFields(command: Command): Command {
  return tellingNone(command)
    .option(
      '--interface <type>',
      `what the guest sees: ${VnicInterface.options.join(', ')}`,
      oneOf(VnicInterface.options),
    )
    .option('--vnic-profile <profile>', 'its profile, or none', orNone(referTo))
    .option('--mac <address>', 'its MAC address; one of the pool without')
    .option('--plugged', 'plug it in')
    .option('--no-plugged', 'take it out')
    .option('--linked', 'put its link up')
    .option('--no-linked', 'put its link down')
    .option('--boot-order <number>', 'when it is tried at boot, from 1, or none', orNone(count))
    .option('--custom-mtu <bytes>', 'an MTU of its own, or none', orNone(count))
    .option('--mac-spoofing', 'let the guest use other MAC addresses')
    .option('--no-mac-spoofing', 'let it use its own alone')
    .option('--pinned-vf <vf>', 'the one VF that will do, such as alpha/0000:05:10.1, or none', orNone(pinnedVf));
}

function pinnedVf(text: string): PinnedVf {
  const [, host, address] = /^(.+)\/([^/]+)$/.exec(text) ?? [];
  if (host === undefined || address === undefined)
    throw new InvalidArgumentError('It must be a host and a PCI address, such as alpha/0000:05:10.1.');
  return { host, address };
}

/** A VF is pinned by the id of its host, which is looked up. */
async function vnicOf<Options extends VnicOptions>({ pinnedVf: pinned, ...options }: Options, client: Client) {
  if (pinned === undefined || 'takenAway' in pinned) return bodyOf({ ...options, pinnedVf: pinned });
  const { resource: host } = await client.getHost({ host: pinned.host });
  return bodyOf({ ...options, pinnedVf: { host: { id: host.id }, pci_address: pinned.address } });
}

function showVnic(cli: Cli, vnic: Vnic): void {
  const { vnic_profile, network, pinned_vf: pinned, vf, ...fields } = vnic;
  const names = { vnic_profile: vnic_profile?.name, network: network?.name };
  const pin = pinned && `${pinned.host.id}/${pinned.pci_address}`;
  const held = vf && `${vf.name} (${vf.pci_address}) of ${vf.physical_function.name}, ${vf.state}`;
  cli.show(vnic, () => fieldsOf({ ...fields, ...names, pinned_vf: pin, vf: held }));
}
