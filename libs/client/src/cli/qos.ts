import { type Qos, QosType, type TrafficLimit } from '@vfleet/contracts/vocabulary/qos';
import { type Command, InvalidArgumentError } from 'commander';
import { allOf, type Cli } from './cli.ts';
import { bodyOf, changeOf, count, oneOf, orNone, searchedByName, type TakenAway, tellingNone } from './options.ts';
import { cellOf, fieldsOf, tableOf } from './table.ts';

type QosOptions = {
  description?: string;
  type?: QosType;
  inbound?: TrafficLimit | TakenAway;
  outbound?: TrafficLimit | TakenAway;
  linkshare?: number | TakenAway;
  upperLimit?: number | TakenAway;
  realtime?: number | TakenAway;
};

/** vfleet qos … */
export function addQosCommands(program: Command, cli: Cli): void {
  const qosCommand = program.command('qos').description('limits of traffic, for profiles and networks');

  searchedByName(qosCommand.command('list'))
    .description('list the QoS, in the order of their names')
    .action(async ({ name }: { name?: string }) => {
      const client = cli.client();
      const items = await allOf((cursor) => client.listQos({ limit: 1000, cursor, name }));
      cli.show(items, () => tableOf(TITLES, items.map(rowOf)));
    });
  qosCommand
    .command('show <qos>')
    .description('show a QoS, by id or name')
    .action(async (qos: string) => showQos(cli, (await cli.client().getQos({ qos })).resource));
  withFields(
    qosCommand
      .command('add <name>')
      .description('add a QoS')
      .option('--type <type>', `${QosType.options.join(' or ')}; vm_network without`, oneOf(QosType.options))
      .option('--id <id>', 'its id; one is made without'),
  ).action(async (name: string, options: QosOptions & { id?: string }) => {
    const body = { name, ...bodyOf(options) };
    showQos(cli, (await cli.client().addQos({ body })).resource);
  });
  withFields(
    qosCommand.command('update <qos>').description('change a QoS').option('--name <name>', 'another name'),
  ).action(async (qos: string, options: QosOptions & { name?: string }) => {
    const body = changeOf(bodyOf(options));
    showQos(cli, (await cli.client().updateQos({ qos, body })).resource);
  });
  qosCommand
    .command('remove <qos>')
    .description('remove a QoS that no network and no vNIC profile uses')
    .action(async (qos: string) => {
      await cli.client().removeQos({ qos });
      cli.err(`${cellOf(qos)} is removed`);
    });
}

function withFields(command: Command): Command {
  const traffic = 'of vm_network: average/peak/burst in Mbit/s and MB, or none';
  return tellingNone(command)
    .option('--description <text>', 'what it is for')
    .option('--inbound <limit>', traffic, orNone(trafficLimit))
    .option('--outbound <limit>', traffic, orNone(trafficLimit))
    .option('--linkshare <weight>', 'of host_network: its weight, 1 to 100, or none', orNone(count))
    .option('--upper-limit <rate>', 'of host_network: at most so many Mbit/s, or none', orNone(count))
    .option('--realtime <rate>', 'of host_network: so many Mbit/s are kept free, or none', orNone(count));
}

function trafficLimit(text: string): TrafficLimit {
  const [, average, peak, burst] = /^(\d{1,9})\/(\d{1,9})\/(\d{1,9})$/.exec(text) ?? [];
  if (average === undefined) throw new InvalidArgumentError('It must be average/peak/burst, such as 1000/2000/100.');
  return { average: Number(average), peak: Number(peak), burst: Number(burst) };
}

const TITLES = ['ID', 'NAME', 'TYPE', 'INBOUND', 'OUTBOUND', 'LINKSHARE', 'UPPER LIMIT', 'REALTIME'];

function rowOf({ id, name, type, inbound, outbound, linkshare, upper_limit, realtime }: Qos): unknown[] {
  return [id, name, type, limitText(inbound), limitText(outbound), linkshare, upper_limit, realtime];
}

function limitText(limit: TrafficLimit | null): string | null {
  return limit && `${limit.average}/${limit.peak}/${limit.burst}`;
}

function showQos(cli: Cli, qos: Qos): void {
  cli.show(qos, () => fieldsOf({ ...qos, inbound: limitText(qos.inbound), outbound: limitText(qos.outbound) }));
}
