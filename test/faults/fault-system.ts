import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { type MemoryBroker, memoryBroker } from '@vfleet/bus/memory';
import { openSqlite } from '@vfleet/documents/sqlite';
import { startSystem } from '@vfleet/embedded/start-system';
import { ensureAdmin } from '@vfleet/gateway/ensure-admin';
import { users } from '@vfleet/gateway/users';
import { type SimulatedNetwork, simulatedNetwork } from '@vfleet/host-agent/adapters/simulated/migration';
import { silentLog } from '@vfleet/process/log';
import { type VirtualClock, virtualClock } from '@vfleet/process/virtual-clock';

const PASSWORD = 'a password for tests';
/** Passwords are hashed in real time; so little of it that virtual time hardly moves meanwhile. */
const CHEAP = { N: 64, r: 1, p: 1 };
/** Requests are under way in real time, so virtual time moves on only slowly beside them. */
const TURNS_PER_STEP = 5;
const STEP_MS = 50;
/** A condition that is not met after so much virtual time is not met. */
const PATIENCE_MS = 300_000;

/** Between two looks at it; most come soon, and the others take minutes. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2000;

/** An answer of the API: status and parsed body. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads the body as an administrator does, without the product's types
export type Answer = { status: number; body: any; text: string };

/** The whole product as an administrator meets it, over HTTP, in virtual time. */
export type FaultSystem = {
  clock: VirtualClock;
  broker: MemoryBroker;
  /** On which the machines of hosts reach one another. */
  network: SimulatedNetwork;
  request(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(path: string): Promise<Answer>;
  /** The items of all pages of a list. */
  all(path: string): Promise<Answer['body'][]>;
  /** An id that nothing has yet. */
  newId(): string;
  put(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body?: unknown): Promise<Answer>;
  /** Reads until `accept` holds of the body; fails with the last answer after five minutes of virtual time. */
  until(path: string, accept: (body: Answer['body']) => boolean): Promise<Answer>;
  /** Lets time pass until the work is done. */
  during<Value>(work: Promise<Value>): Promise<Value>;
  pass(ms: number): Promise<void>;
  /** Has something done when the system is closed, before it is. */
  beforeClose(end: () => void): void;
  close(): Promise<void>;
};

/** Starts the product without a host. */
export async function startFaultSystem(): Promise<FaultSystem> {
  const clock = virtualClock();
  const folder = await mkdtemp(join(tmpdir(), 'vfleet-faults-'));
  const broker = memoryBroker({ clock, log: silentLog });
  const network = simulatedNetwork();
  const ends: (() => void)[] = [];
  let ids = 0;
  const newId = () => `i${++ids}`;

  /** Time moves on while work is under way, in small steps with many turns of the event loop between them. */
  async function during<Value>(work: Promise<Value>): Promise<Value> {
    let isUnderWay = true;
    const watched = work.finally(() => {
      isUnderWay = false;
    });
    watched.catch(() => undefined);
    while (isUnderWay) {
      for (let turns = 0; isUnderWay && turns < TURNS_PER_STEP; turns++) await turn();
      if (isUnderWay) await clock.advance(STEP_MS);
    }
    return watched;
  }

  const store = await openSqlite({ folder, clock });
  const documents = await store.open(users);
  await ensureAdmin({ documents, adminPassword: PASSWORD, newPassword: () => '', announce: () => {}, cost: CHEAP });
  const system = await startSystem({
    connectBus: async () => broker.connect(),
    store,
    localHosts: [],
    ...{ clock, log: silentLog, newId, random: () => 0.5 },
    settings: { gateway: { host: '127.0.0.1', port: 0 } },
    announce: () => {},
  });

  async function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(new URL(path, system.url), {
      method,
      headers: {
        authorization: `Basic ${btoa(`admin@internal:${PASSWORD}`)}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, text, body: text ? JSON.parse(text) : undefined };
  }
  const request: FaultSystem['request'] = (...asked) => during(send(...asked));
  const get = (path: string) => request('GET', path);

  return {
    ...{ clock, broker, network },
    request,
    get,
    newId,
    all: async (path) => {
      const items: Answer['body'][] = [];
      for (let next: string | null = ''; next !== null; ) {
        const { body }: Answer = await get(next === '' ? path : `${path}?cursor=${encodeURIComponent(next)}`);
        items.push(...body.items);
        next = body.next;
      }
      return items;
    },
    put: (path, body, headers) => request('PUT', path, body, headers),
    post: (path, body = {}) => request('POST', path, body),
    until: async (path, accept) => {
      const deadline = clock.now() + PATIENCE_MS;
      for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
        const answer = await get(path);
        if (answer.body && accept(answer.body)) return answer;
        if (clock.now() > deadline) throw new Error(`${path} was not as awaited: ${answer.status} ${answer.text}`);
        await clock.advance(pauseMs);
      }
    },
    during,
    pass: clock.advance,
    beforeClose: (end) => void ends.push(end),
    close: async () => {
      for (const end of ends) end();
      await during(system.close());
      await rm(folder, { recursive: true });
    },
  };
}
