import { PassThrough, VfProperties, type VnicProfile } from '@vfleet/contracts/vocabulary/vnic-profile';
import type { Command } from 'commander';
import { allOf, type Cli } from './cli.ts';
import {
  asItIs,
  bodyOf,
  changeOf,
  count,
  oneOf,
  orNone,
  referTo,
  searchedByName,
  type TakenAway,
  tellingNone,
  yesOrNo,
} from './options.ts';
import { cellOf, fieldsOf, tableOf } from './table.ts';

type ProfileOptions = {
  description?: string;
  passThrough?: PassThrough;
  migratable?: boolean;
  failover?: { name: string } | TakenAway;
  portMirroring?: boolean;
  qos?: { name: string } | TakenAway;
  networkFilter?: string | TakenAway;
};
type VfOptions = {
  spoofCheck?: boolean | TakenAway;
  trust?: boolean | TakenAway;
  linkState?: NonNullable<VfProperties['link_state']> | TakenAway;
  minTxRate?: number | TakenAway;
  maxTxRate?: number | TakenAway;
  vlanQos?: number | TakenAway;
  vlanProtocol?: NonNullable<VfProperties['vlan_protocol']> | TakenAway;
};

/** vfleet profiles … */
export function addProfileCommands(program: Command, cli: Cli): void {
  const profiles = program.command('profiles').description('vNIC profiles: what a vNIC gets, and on what network');

  searchedByName(profiles.command('list'))
    .description('list the vNIC profiles, in the order of their names')
    .action(async ({ name }: { name?: string }) => {
      const client = cli.client();
      const items = await allOf((cursor) => client.listVnicProfiles({ limit: 1000, cursor, name }));
      cli.show(items, () => tableOf(TITLES, items.map(rowOf)));
    });
  profiles
    .command('show <profile>')
    .description('show a vNIC profile, by id, or by a name that only one network has a profile of')
    .action(async (vnicProfile: string) =>
      showProfile(cli, (await cli.client().getVnicProfile({ vnicProfile })).resource),
    );
  withFields(
    profiles
      .command('add <name>')
      .description('add a vNIC profile')
      .requiredOption('--network <network>', 'the network it is on; it stays there', referTo)
      .option('--id <id>', 'its id; one is made without'),
  ).action(async (name: string, options: ProfileOptions & VfOptions & { network: { name: string }; id?: string }) => {
    const body = { name, ...profileOf(options) };
    showProfile(cli, (await cli.client().addVnicProfile({ body })).resource);
  });
  withFields(
    profiles.command('update <profile>').description('change a vNIC profile').option('--name <name>', 'another name'),
  ).action(async (vnicProfile: string, options: ProfileOptions & VfOptions & { name?: string }) => {
    const body = changeOf(profileOf(options));
    showProfile(cli, (await cli.client().updateVnicProfile({ vnicProfile, body })).resource);
  });
  profiles
    .command('remove <profile>')
    .description('remove a vNIC profile that no vNIC uses, and no other profile as its failover')
    .action(async (vnicProfile: string) => {
      await cli.client().removeVnicProfile({ vnicProfile });
      cli.err(`${cellOf(vnicProfile)} is removed`);
    });
}

function withFields(command: Command): Command {
  const { link_state, vlan_protocol } = VfProperties.shape;
  const [linkStates, protocols] = [link_state.unwrap().options, vlan_protocol.unwrap().options];
  tellingNone(command)
    .option('--description <text>', 'what it is for')
    .option(
      '--pass-through <when>',
      `whether its vNICs get a VF: ${PassThrough.options.join(', ')}`,
      oneOf(PassThrough.options),
    )
    .option('--migratable', 'virtual machines with a VF of it may migrate')
    .option('--no-migratable', 'they may not')
    .option('--failover <profile>', 'the profile that takes over while a vNIC has no VF, or none', orNone(referTo))
    .option('--port-mirroring', 'mirror the traffic of its vNICs')
    .option('--no-port-mirroring', 'mirror nothing')
    .option('--qos <qos>', 'a QoS of the type vm_network, or none', orNone(referTo))
    .option('--network-filter <filter>', 'a filter of libvirt, or none', orNone(asItIs))
    .optionsGroup('Set on its VFs:')
    .option('--spoof-check <check>', 'yes, no, or none to leave it to the driver', orNone(yesOrNo))
    .option('--trust <trust>', 'yes, no, or none', orNone(yesOrNo))
    .option('--link-state <state>', `${linkStates.join(', ')}, or none`, orNone(oneOf(linkStates)))
    .option('--min-tx-rate <rate>', 'in Mbit/s, or none', orNone(count))
    .option('--max-tx-rate <rate>', 'in Mbit/s, or none', orNone(count))
    .option('--vlan-qos <priority>', '0 to 7, or none', orNone(count))
    .option('--vlan-protocol <protocol>', `${protocols.join(', ')}, or none`, orNone(oneOf(protocols)))
    .optionsGroup('Options:');
  return command;
}

function profileOf<Options extends ProfileOptions & VfOptions>(options: Options) {
  const { spoofCheck, trust, linkState, minTxRate, maxTxRate, vlanQos, vlanProtocol, ...others } = options;
  const vf = bodyOf({ spoofCheck, trust, linkState, minTxRate, maxTxRate, vlanQos, vlanProtocol });
  return { ...bodyOf(others), ...(Object.keys(vf).length === 0 ? {} : { vf }) };
}

const TITLES = ['ID', 'NAME', 'NETWORK', 'PASS THROUGH', 'MIGRATABLE', 'FAILOVER', 'QOS', 'VF'];

function rowOf({ id, name, network, pass_through, migratable, failover, qos, vf }: VnicProfile): unknown[] {
  return [id, name, network.name, pass_through, migratable, failover?.name, qos?.name, vfText(vf)];
}

/** The properties that are set, in a few words. */
function vfText(vf: VfProperties): string[] {
  return Object.entries(vf).flatMap(([name, value]) => (value === null ? [] : [`${name} ${cellOf(value)}`]));
}

function showProfile(cli: Cli, profile: VnicProfile): void {
  const { network, failover, qos, vf, ...fields } = profile;
  cli.show(profile, () =>
    fieldsOf({ ...fields, network: network.name, failover: failover?.name, qos: qos?.name, vf: vfText(vf) }),
  );
}
