import { randomUUID } from 'node:crypto';
import { answers, type Bus, reactsTo } from '@vfleet/bus/bus';
import { type MemoryOptions, memoryBroker } from '@vfleet/bus/memory';
import type { Command, Event, Verdict } from '@vfleet/contracts/define';
import { ListHosts } from '@vfleet/contracts/inventory';
import { ClusterChanged } from '@vfleet/contracts/policy/clusters';
import { NetworkChanged } from '@vfleet/contracts/policy/networks';
import { QosChanged } from '@vfleet/contracts/policy/qos';
import { VmChanged } from '@vfleet/contracts/policy/vms';
import { VnicProfileChanged } from '@vfleet/contracts/policy/vnic-profiles';
import type { Host } from '@vfleet/contracts/vocabulary/host';
import { openTemporary } from '@vfleet/documents/sqlite-temporary';
import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { POLICY_DEFAULTS, type PolicySettings } from '../config.ts';
import { startPolicy } from '../service.ts';
import { type WriteAhead, watchedStore } from './watched-store.ts';

export type PolicyUnderTest = Awaited<ReturnType<typeof policyUnderTest>>;

/**
 * Policy on a memory bus, sqlite and a virtual clock: as many replicas as asked for, on one store, and an inventory
 * that knows `hosts` until it is silenced.
 */
export async function policyUnderTest({
  replicas = 1,
  settings = {},
  faults,
  random = Math.random,
  beforeWrite,
}: {
  replicas?: number;
  settings?: Partial<PolicySettings>;
  faults?: MemoryOptions['faults'];
  random?: () => number;
  /** Runs before every write of a replica; what it does happens between what a decision has read and its write. */
  beforeWrite?: (write: WriteAhead) => Promise<void>;
} = {}) {
  const clock = virtualClock();
  const broker = memoryBroker({ clock, log: silentLog, faults });
  const { store, destroy } = await openTemporary();
  const hosts: { id: string; name: string; clusterId: string }[] = [];
  const watched = beforeWrite ? watchedStore(store, beforeWrite) : store;
  const around = { store: watched, clock, log: silentLog, newId: randomUUID, random };
  const start = async () => {
    const bus = broker.connect();
    return { bus, service: await startPolicy({ ...around, bus, settings: { ...POLICY_DEFAULTS, ...settings } }) };
  };

  const inventory = broker.connect();
  await serveHosts(inventory, hosts);
  let running = await Promise.all(Array.from({ length: replicas }, start));
  const client = broker.connect();
  const facts: { name: string; payload: unknown }[] = [];
  const hears = <Payload>(event: Event<Payload>) =>
    reactsTo(event, async ({ payload }) => void facts.push({ name: event.name, payload }));
  await client.follow([
    hears(ClusterChanged),
    hears(NetworkChanged),
    hears(QosChanged),
    hears(VnicProfileChanged),
    hears(VmChanged),
  ]);

  const context = (id: string) => ({
    ...{ id, correlationId: id, actor: { kind: 'user' as const, name: 'admin' } },
    sentAt: new Date(clock.now()).toISOString(),
  });

  return {
    clock,
    store,
    hosts,
    /** Every fact that was published, as its followers hear it. */
    facts,
    /** What listens to events as another service does. */
    client,
    idle: broker.idle,
    ask: <Request, Reply>(contract: Command<Request, Reply>, request: Request, id: string = randomUUID()) =>
      client.ask(contract, request, context(id), { timeoutMs: 5000 }),
    /** Takes inventory away; what it answers with brings it back. */
    silenceInventory: async () => {
      await inventory.close();
      return () => serveHosts(broker.connect(), hosts);
    },
    /** Every replica dies and one takes over. */
    restart: async () => {
      for (const { bus } of running) bus.die();
      running = [await start()];
    },
    close: async () => {
      for (const { service } of running) await service.close();
      await destroy();
    },
  };
}

/** The reply of a verdict that is expected to be one. */
export function replyOf<Reply>(verdict: Verdict<Reply>): Reply {
  if (!verdict.ok) throw new Error(verdict.refusals.map(({ detail }) => detail).join('; '));
  return verdict.reply;
}

/** The codes of a verdict that is expected to be a refusal. */
export function codesOf(verdict: Verdict<unknown>): string[] {
  if (verdict.ok) throw new Error(`answered with ${JSON.stringify(verdict.reply)}`);
  return verdict.refusals.map(({ code }) => code);
}

/** An inventory of the smallest form: it lists hosts by their cluster. */
function serveHosts(bus: Bus, hosts: readonly { id: string; name: string; clusterId: string }[]) {
  return bus.serve('inventory', [
    answers(ListHosts, async ({ payload: { clusterId, limit } }) => {
      const inCluster = hosts.filter((host) => clusterId === undefined || host.clusterId === clusterId);
      return { ok: true, reply: { items: inCluster.slice(0, limit).map(shown), next: null } };
    }),
  ]);
}

function shown({ id, name, clusterId }: { id: string; name: string; clusterId: string }): Host {
  return {
    ...{
      id,
      name,
      status: 'up',
      status_since: '2026-01-01T00:00:00.000Z',
      cluster: { id: clusterId, name: clusterId },
    },
    ...{ agent: { version: null, last_seen: null }, iommu: null, pfs: 0, vfs: 0, vfs_in_use: 0, free_vfs: 0 },
    ...{ last_report_error: null, orphans: [], problems: [], unhealthy_pfs: 0, differences: [] },
  };
}
