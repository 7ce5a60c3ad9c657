import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { amqpBus } from '@vfleet/bus/amqp';
import type { Bus } from '@vfleet/bus/bus';
import { memoryBroker } from '@vfleet/bus/memory';
import { ALL_CONTRACTS } from '@vfleet/contracts/contracts';
import { topologyOf } from '@vfleet/contracts/topology';
import type { DocumentStore } from '@vfleet/documents/documents';
import { openMongo } from '@vfleet/documents/mongo';
import { openSqlite } from '@vfleet/documents/sqlite';
import { type LocalHost, type System, type SystemSettings, startSystem } from '@vfleet/embedded/start-system';
import { diskFiles } from '@vfleet/host-agent/adapters/disk-files';
import { DEMO_SCENARIOS, withoutTime } from '@vfleet/host-agent/adapters/scenarios';
import { openSimulatedMemory } from '@vfleet/host-agent/adapters/simulated/memory';
import { type SimulatedNetwork, simulatedNetwork } from '@vfleet/host-agent/adapters/simulated/migration';
import type { ScenarioInput } from '@vfleet/host-agent/adapters/simulated/scenario';
import { simulatedHost } from '@vfleet/host-agent/adapters/simulated-host';
import { rabbitmqUsers } from '@vfleet/inventory/adapters/rabbitmq-users';
import { systemClock } from '@vfleet/process/clock';
import { silentLog } from '@vfleet/process/log';

export const PASSWORD = 'a password for tests';
const clock = systemClock();
/** Exchanges and queues of this file's systems: making them anew for each would take RabbitMQ seconds. */
export const flowTopology = topologyOf(ALL_CONTRACTS, { prefix: `flow-${randomBytes(4).toString('hex')}` });

/** An answer of the API: status, headers, parsed body. */
// biome-ignore lint/suspicious/noExplicitAny: a story reads the body as a client does, without the product's types
export type Answer = { status: number; headers: Headers; body: any; text: string };

export type Machine = ReturnType<typeof simulatedHost>;

/** A running system as a user meets it, and the hands a test has on its machines. */
export type FlowSystem = {
  /** What the system runs on, for the name of a suite. */
  host: string;
  machine: Machine;
  /** All hosts with their machines, by id; the first is `host`. */
  machines: ReadonlyMap<string, Machine>;
  request(
    method: string,
    path: string,
    options?: { body?: unknown; headers?: Record<string, string> },
  ): Promise<Answer>;
  get(path: string): Promise<Answer>;
  put(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  remove(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** Reads until `accept` holds of the body; fails with the last body after `withinMs`. */
  until(path: string, accept: (body: Answer['body']) => boolean, withinMs?: number): Promise<Answer>;
  url: string;
  /** The gateways of all replicas; `url` is the first. */
  urls: string[];
  folder: string;
  /** Closes every service and starts them again on the same data and the same machine. */
  restart(): Promise<void>;
  close(): Promise<void>;
};

/** The header of a logged-in administrator. */
export function login(): { authorization: string } {
  return { authorization: `Basic ${btoa(`admin@internal:${PASSWORD}`)}` };
}

/** The URLs the `servers` project runs on; undefined in the `flows` project, which is embedded. */
export function serverUrls(): { amqpUrl: string; mongodbUrl: string; apiUrl: string | undefined } | undefined {
  if (process.env.FLOWS_ON !== 'servers') return undefined;
  const { AMQP_URL: amqpUrl, MONGODB_URL: mongodbUrl, VFLEET_RABBITMQ_API: apiUrl } = process.env;
  if (!amqpUrl || !mongodbUrl) throw new Error('flows on servers need AMQP_URL and MONGODB_URL');
  return { amqpUrl, mongodbUrl, apiUrl };
}

/**
 * Starts a system with one simulated host, igb unless told, or several, on which nothing takes time. Every system has a host id
 * of its own and, on servers, its own database.
 */
export async function startFlowSystem({
  scenario = withoutTime(DEMO_SCENARIOS.alpha),
  agent = {},
  replicas = 1,
  otherHosts = [],
}: {
  scenario?: ScenarioInput;
  agent?: SystemSettings['agent'];
  /** How many of every service run side by side on one bus and one store; the host's agent runs once. */
  replicas?: number;
  /** More hosts beside the first. */
  otherHosts?: readonly ScenarioInput[];
} = {}): Promise<FlowSystem> {
  const folder = await mkdtemp(join(tmpdir(), 'vfleet-flow-'));
  const mark = randomBytes(4).toString('hex');
  const host = `host-${mark}`;
  const network = simulatedNetwork();
  const machines = new Map<string, Machine>();
  const localHosts: LocalHost[] = [];
  for (const [index, each] of [scenario, ...otherHosts].entries()) {
    const id = index === 0 ? host : `${host}-${index + 1}`;
    const made = await makeMachine(each, { id, folder: join(folder, `machine-${index + 1}`), network });
    machines.set(id, made);
    const stateDir = join(folder, `state-${index + 1}`);
    localHosts.push({ id, name: id, machine: { ...made, close: async () => {} }, guests: made.guests, stateDir });
  }
  const machine = machines.get(host) as Machine;
  const surroundings = { folder, database: `flow_${mark}`, agent, replicas };
  let systems = await start(localHosts, surroundings);
  const closeAll = async () => {
    for (const system of systems.toReversed()) await system.close();
  };
  const urlOf = (index: number) => {
    const system = systems[index];
    if (!system) throw new Error(`no replica ${index}`);
    return system.url;
  };

  const request: FlowSystem['request'] = async (method, path, { body, headers = {} } = {}) => {
    const content = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await fetch(new URL(path, urlOf(0)), {
      method,
      headers: { ...login(), ...content, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson && text ? JSON.parse(text) : undefined,
    };
  };
  const get = (path: string) => request('GET', path);

  return {
    host,
    machine,
    machines,
    request,
    get,
    put: (path, body, headers = {}) => request('PUT', path, { body, headers }),
    post: (path, body, headers = {}) => request('POST', path, { body, headers }),
    remove: (path, headers = {}) => request('DELETE', path, { headers }),
    until: async (path, accept, withinMs = 15_000) => {
      const deadline = Date.now() + withinMs;
      for (;;) {
        const answer = await get(path);
        if (answer.body && accept(answer.body)) return answer;
        if (Date.now() > deadline) throw new Error(`${path} was not as awaited: ${answer.status} ${answer.text}`);
        await clock.sleep(25);
      }
    },
    get url() {
      return urlOf(0);
    },
    get urls() {
      return systems.map(({ url }) => url);
    },
    folder,
    restart: async () => {
      await closeAll();
      systems = await start(localHosts, surroundings);
    },
    close: async () => {
      await closeAll();
      for (const each of machines.values()) await each.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function makeMachine(
  scenario: ScenarioInput,
  { id, folder, network }: { id: string; folder: string; network: SimulatedNetwork },
): Promise<Machine> {
  const memory = await openSimulatedMemory(diskFiles(folder), 'machine.json');
  return simulatedHost({ scenario, clock, seed: id, memory, network });
}

async function start(
  localHosts: readonly LocalHost[],
  {
    folder,
    database,
    agent,
    replicas,
  }: { folder: string; database: string; agent: SystemSettings['agent']; replicas: number },
): Promise<System[]> {
  const servers = serverUrls();
  const broker = memoryBroker({ clock, log: silentLog, topology: flowTopology });
  const connectBus = async (role: 'service' | 'agent'): Promise<Bus> =>
    servers ? amqpBus({ url: servers.amqpUrl, role, topology: flowTopology, clock, log: silentLog }) : broker.connect();
  const store: DocumentStore = servers
    ? await openMongo({ url: servers.mongodbUrl, database, clock })
    : await openSqlite({ folder: join(folder, 'documents'), clock });
  const brokerUsers = servers?.apiUrl
    ? rabbitmqUsers({ amqpUrl: servers.amqpUrl, apiUrl: servers.apiUrl, topology: flowTopology, clock })
    : null;
  const around = {
    connectBus,
    brokerUsers,
    clock,
    log: silentLog,
    newId: randomUUID,
    random: Math.random,
    settings: {
      gateway: { host: '127.0.0.1', port: 0, adminPassword: PASSWORD },
      agent: { watchMs: 50, pollMs: 20, ...agent },
    },
    announce: () => {},
  };
  const systems = [await startSystem({ ...around, store, localHosts })];
  const shared = { ...store, close: async () => {} };
  for (let replica = 1; replica < replicas; replica++) {
    systems.push(await startSystem({ ...around, store: shared, localHosts: [] }));
  }
  return systems;
}
