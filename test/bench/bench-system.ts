import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { amqpBus } from '@vfleet/bus/amqp';
import { memoryBroker } from '@vfleet/bus/memory';
import { openMongo } from '@vfleet/documents/mongo';
import { openSqlite } from '@vfleet/documents/sqlite';
import { startSystem } from '@vfleet/embedded/start-system';
import type { ScenarioInput } from '@vfleet/host-agent/adapters/simulated/scenario';
import { simulatedHost } from '@vfleet/host-agent/adapters/simulated-host';
import { systemClock } from '@vfleet/process/clock';
import { silentLog } from '@vfleet/process/log';
import { provideMongodb } from '../servers/mongodb.ts';
import { inWords, type Provided } from '../servers/provided.ts';
import { provideRabbitmq } from '../servers/rabbitmq.ts';
import { type Counter, countingBus, countingStore, makeCounter } from './counting.ts';
import { type Floor, fileFloor, mongodbFloor, rabbitmqFloor, sqliteFloor } from './floors.ts';
import type { Table } from './table.ts';

const PASSWORD = 'a password for benchmarks';

export type Servers = { amqpUrl: string; mongodbUrl: string };

/** A whole system as users have it, what it writes and carries counted, and the floors of where it runs. */
export type BenchSystem = {
  counter: Counter;
  floors: { put: Floor; message: Floor; file: Floor };
  /** Sends a request and answers its body; throws unless the status is the one awaited. */
  request<Body>(method: string, path: string, awaited: number, body?: unknown): Promise<Body>;
  close(): Promise<void>;
};

/** Starts a system with these simulated hosts, by name, in one process; on servers when they are told. */
export async function startBenchSystem(
  hosts: Readonly<Record<string, ScenarioInput>>,
  servers: Servers | undefined,
): Promise<BenchSystem> {
  const folder = await mkdtemp(join(tmpdir(), 'vfleet-bench-'));
  const counter = makeCounter();
  const clock = systemClock();
  const broker = memoryBroker({ clock, log: silentLog });
  const database = `bench_${process.pid}_${randomUUID().slice(0, 8)}`;
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
    localHosts: Object.entries(hosts).map(([name, scenario]) => {
      const machine = simulatedHost({ scenario, clock, seed: name, memory: { loaded: null, save: async () => {} } });
      return { id: name, name, machine, guests: machine.guests, stateDir: join(folder, name) };
    }),
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
  const headers = {
    authorization: `Basic ${btoa(`admin@internal:${PASSWORD}`)}`,
    'content-type': 'application/json',
  };

  return {
    counter,
    floors,
    async request(method, path, awaited, body) {
      const url = new URL(path, system.url);
      const content = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await fetch(url, { method, headers, ...content });
      const text = await response.text();
      if (response.status !== awaited) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
      return text ? JSON.parse(text) : undefined;
    },
    async close() {
      await system.close();
      for (const floor of Object.values(floors)) await floor.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Runs a benchmark on RabbitMQ and a MongoDB-protocol server of its own; the table says which. */
export async function onServers(bench: (servers: Servers) => Promise<Table>): Promise<Table> {
  const servers = await Promise.all([provideRabbitmq(), provideMongodb()]);
  try {
    const [amqpUrl, mongodbUrl] = servers.map(urlOf);
    if (!amqpUrl || !mongodbUrl) throw new Error('no servers');
    const table = await bench({ amqpUrl, mongodbUrl });
    return { ...table, notes: [...(table.notes ?? []), servers.map(inWords).join('; ')] };
  } finally {
    for (const server of servers) await server.close();
  }
}

function urlOf(server: Provided): string {
  if (!server.url) throw new Error(inWords(server));
  return server.url;
}

function nothing(): Floor {
  return { once: async () => {}, close: async () => {} };
}
