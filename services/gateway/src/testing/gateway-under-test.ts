import { memoryBroker } from '@vfleet/bus/memory';
import { openTemporary } from '@vfleet/documents/sqlite-temporary';
import { silentLog } from '@vfleet/process/log';
import { type VirtualClock, virtualClock } from '@vfleet/process/virtual-clock';
import { ensureAdmin } from '../ensure-admin.ts';
import { startGateway } from '../service.ts';
import type { GatewaySettings } from '../settings.ts';
import { users } from '../users.ts';
import { type StandInInventory, standInInventory } from './stand-in-inventory.ts';
import { type StandInPolicy, standInPolicy } from './stand-in-policy.ts';
import { type StandInScheduler, standInScheduler } from './stand-in-scheduler.ts';

export const PASSWORD = 'correct horse';
/** Ample: requests take real time, in which the virtual time runs. */
const A_DAY_MS = 86_400_000;
const LOGIN = `Basic ${Buffer.from(`admin@internal:${PASSWORD}`).toString('base64')}`;

export type Reply = { status: number; headers: Headers; text: string; json: () => unknown };
export type Call = (
  method: string,
  path: string,
  request?: {
    body?: unknown;
    raw?: string | Uint8Array;
    headers?: Record<string, string>;
    login?: string | null;
    signal?: AbortSignal;
  },
) => Promise<Reply>;

export type GatewayUnderTest = {
  url: string;
  call: Call;
  clock: VirtualClock;
  broker: ReturnType<typeof memoryBroker>;
  inventory: StandInInventory;
  policy: StandInPolicy;
  scheduler: StandInScheduler;
  /** How many commands all services have carried out. */
  carriedOut(): number;
  gateway: Awaited<ReturnType<typeof startGateway>>;
  /** Another gateway on the same broker and store. */
  another(): Promise<Pick<GatewayUnderTest, 'url' | 'call' | 'gateway'>>;
  /** Lets the virtual time go on until a promise is settled. Throws when it is not within a day of it. */
  passTimeUntil<Value>(promise: Promise<Value>): Promise<Value>;
  close(): Promise<void>;
};

/** A gateway that listens, on a memory bus with stand-ins for inventory, policy and scheduler, and time that stands still. */
export async function gatewayUnderTest(settings: Partial<GatewaySettings> = {}): Promise<GatewayUnderTest> {
  const temporary = await openTemporary();
  const { store } = temporary;
  const clock = virtualClock();
  const broker = memoryBroker({ clock, log: silentLog });
  const inventory = standInInventory(broker.connect(), clock);
  const policy = standInPolicy(broker.connect());
  const scheduler = standInScheduler(broker.connect(), clock);
  await inventory.serve();
  await policy.serve();
  await scheduler.serve();
  let ids = 0;
  const cheapAdmin = {
    adminPassword: PASSWORD,
    newPassword: () => '',
    announce: () => {},
    cost: { N: 16, r: 1, p: 1 },
  };
  await ensureAdmin({ documents: await store.open(users), ...cheapAdmin });
  const start = () =>
    startGateway({
      bus: broker.connect(),
      store,
      clock,
      log: silentLog,
      newId: () => `id-${++ids}`,
      settings: { port: 0, ...settings },
      announce: () => {},
    });
  const gateway = await start();
  const others: (typeof gateway)[] = [];
  return {
    url: gateway.url,
    call: callerOf(gateway.url),
    ...{ clock, broker, inventory, policy, scheduler, gateway },
    carriedOut: () => inventory.commands.length + policy.commands.length + scheduler.commands.length,
    async another() {
      const other = await start();
      others.push(other);
      return { url: other.url, call: callerOf(other.url), gateway: other };
    },
    async passTimeUntil(promise) {
      let settled = false;
      void promise.then(
        () => (settled = true),
        () => (settled = true),
      );
      const end = clock.now() + A_DAY_MS;
      while (!settled) {
        if (clock.now() >= end) throw new Error('not settled within a day of the virtual clock');
        await clock.advance(50);
      }
      return promise;
    },
    async close() {
      for (const each of [gateway, ...others]) await each.close();
      await temporary.destroy();
    },
  };
}

function callerOf(url: string): Call {
  return async (method, path, { body, raw, headers = {}, login = LOGIN, signal } = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(login === null ? {} : { authorization: login }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: (raw as string | undefined) ?? (body === undefined ? null : JSON.stringify(body)),
      signal: signal ?? null,
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) as unknown };
  };
}
