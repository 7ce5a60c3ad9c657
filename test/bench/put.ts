import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { amqpBus } from '@vfleet/bus/amqp';
import { memoryBroker } from '@vfleet/bus/memory';
import { openMongo } from '@vfleet/documents/mongo';
import { openSqlite } from '@vfleet/documents/sqlite';
import { startSystem } from '@vfleet/embedded/start-system';
import { DEMO_SCENARIOS, withoutTime } from '@vfleet/host-agent/adapters/scenarios';
import { simulatedHost } from '@vfleet/host-agent/adapters/simulated-host';
import { systemClock } from '@vfleet/process/clock';
import { silentLog } from '@vfleet/process/log';
import { provideMongodb } from '../servers/mongodb.ts';
import { inWords, type Provided } from '../servers/provided.ts';
import { provideRabbitmq } from '../servers/rabbitmq.ts';
import { countingBus, countingStore, makeCounter } from './counting.ts';
import { type Floor, fileFloor, mongodbFloor, rabbitmqFloor, sqliteFloor } from './floors.ts';
import { measureInTurn, median } from './measure.ts';
import type { Table } from './table.ts';

const PASSWORD = 'a password for benchmarks';
const ROUNDS = { rounds: 40, warmUp: 8 };
/**
 * What one change cannot do without. Documents: the wanted number, the listing, the ledger with the settlement. Messages:
 * the command and its answer, the probe and the wanted number to the host, its report, and the fact of either change.
 * Files of the agent: journal, number, identity of the card, settlement, end of the journal.
 */
const NEEDED = { puts: 3, messages: 7, files: 5 };

type Servers = { amqpUrl: string; mongodbUrl: string };

/** One PUT of a number of VFs, from the request to the answer that it is applied, embedded in one process on sqlite. */
export function benchPutEmbedded(): Promise<Table> {
  return benchPut('One PUT to settled, embedded', undefined);
}

/** The same on RabbitMQ and a MongoDB-protocol server. */
export async function benchPutOnServers(): Promise<Table> {
  const servers = await Promise.all([provideRabbitmq(), provideMongodb()]);
  try {
    const [amqpUrl, mongodbUrl] = servers.map(urlOf);
    if (!amqpUrl || !mongodbUrl) throw new Error('no servers');
    const table = await benchPut('One PUT to settled, on servers', { amqpUrl, mongodbUrl });
    return { ...table, notes: [...(table.notes ?? []), servers.map(inWords).join('; ')] };
  } finally {
    for (const server of servers) await server.close();
  }
}

async function benchPut(title: string, servers: Servers | undefined): Promise<Table> {
  const folder = await mkdtemp(join(tmpdir(), 'vfleet-bench-'));
  const counter = makeCounter();
  const clock = systemClock();
  const broker = memoryBroker({ clock, log: silentLog });
  const database = `bench_${process.pid}`;
  const host = `bench-${process.pid}`;
  const system = await startSystem({
    connectBus: async (role) =>
      countingBus(
        servers ? await amqpBus({ url: servers.amqpUrl, role, clock, log: silentLog }) : broker.connect(),
        counter,
      ),
    store: countingStore(
      servers
        ? await openMongo({ url: servers.mongodbUrl, database, clock })
        : await openSqlite({ folder: join(folder, 'documents'), clock }),
      counter,
    ),
    localHosts: [
      {
        id: host,
        name: host,
        machine: simulatedHost({
          scenario: withoutTime(DEMO_SCENARIOS.alpha),
          clock,
          seed: host,
          memory: { loaded: null, save: async () => {} },
        }),
        stateDir: join(folder, 'state'),
      },
    ],
    clock,
    log: silentLog,
    newId: randomUUID,
    random: Math.random,
    settings: { gateway: { host: '127.0.0.1', port: 0, adminPassword: PASSWORD } },
    announce: () => {},
  });
  const floors = {
    put: servers ? await mongodbFloor(servers.mongodbUrl, database) : await sqliteFloor(join(folder, 'floor')),
    message: servers ? await rabbitmqFloor(servers.amqpUrl) : nothing(),
    file: await fileFloor(join(folder, 'floor')),
  };
  try {
    const put = await putter(system.url, host);
    for (let round = 0; round < ROUNDS.warmUp; round++) await put();
    counter.reset();
    const samples = await measureInTurn(
      { put, floorPut: floors.put.once, floorMessage: floors.message.once, floorFile: floors.file.once },
      { ...ROUNDS, warmUp: 0 },
    );
    const perPut = (total: number) => (total / ROUNDS.rounds).toFixed(1);
    const each = (times: readonly number[]) => `${median(times).toFixed(2)} ms each with the library alone`;
    const floor =
      NEEDED.puts * median(samples.floorPut) +
      NEEDED.messages * median(samples.floorMessage) +
      NEEDED.files * median(samples.floorFile);
    return {
      title,
      figures: [
        {
          what: 'PUT num_of_vfs, answered as applied',
          value: median(samples.put),
          unit: 'ms',
          against: { what: 'the writes and messages it needs', value: floor },
        },
      ],
      notes: [
        `Needed, one after the other: ${NEEDED.puts} documents (${each(samples.floorPut)}), ${NEEDED.messages} messages ` +
          `(${each(samples.floorMessage)}), ${NEEDED.files} files of the agent (${each(samples.floorFile)}).`,
        `Done for one PUT until the next: ${perPut(counter.puts)} writes of documents, ` +
          `${perPut(counter.messages + 2 * counter.questions)} messages.`,
      ],
    };
  } finally {
    await system.close();
    for (const floor of Object.values(floors)) await floor.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A function that changes the number of VFs of the host's first PF to another one every time. */
async function putter(url: string, host: string): Promise<() => Promise<void>> {
  const headers = {
    authorization: `Basic ${btoa(`admin@internal:${PASSWORD}`)}`,
    'content-type': 'application/json',
  };
  const nics = new URL(`/api/hosts/${host}/nics`, url);
  let pf: { id: string } | undefined;
  while (!pf) {
    const { items = [] } = (await (await fetch(nics, { headers })).json()) as {
      items?: { id: string; vfs_config: unknown }[];
    };
    pf = items.find(({ vfs_config: config }) => config !== null);
  }
  const config = new URL(`${nics.pathname}/${pf.id}/vfsConfig`, url);
  let round = 0;
  return async () => {
    const wanted = 1 + (round++ % 2);
    const response = await fetch(config, { method: 'PUT', headers, body: JSON.stringify({ num_of_vfs: wanted }) });
    const text = await response.text();
    if (response.status !== 200 || JSON.parse(text).existing_num_of_vfs !== wanted) {
      throw new Error(`PUT answered ${response.status}: ${text}`);
    }
  };
}

function urlOf(server: Provided): string {
  if (!server.url) throw new Error(inWords(server));
  return server.url;
}

function nothing(): Floor {
  return { once: async () => {}, close: async () => {} };
}
