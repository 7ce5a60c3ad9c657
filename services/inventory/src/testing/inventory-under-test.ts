import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { obeys, reactsTo } from '@vfleet/bus/bus';
import { type MemoryBus, type MemoryOptions, memoryBroker } from '@vfleet/bus/memory';
import type { Command, Verdict } from '@vfleet/contracts/define';
import { Heartbeat, HostDevicesReported, Probe, ReportRequested, VfsWanted } from '@vfleet/contracts/host-agent';
import { CleanVfs, DomainsReported, FenceFloor, VfsCleaned } from '@vfleet/contracts/host-agent-vms';
import { AddHost, HostChanged } from '@vfleet/contracts/inventory';
import { InventoryNoted } from '@vfleet/contracts/inventory-claims';
import type { ClaimRef } from '@vfleet/contracts/vocabulary/claim';
import type { Settlement } from '@vfleet/contracts/vocabulary/host-report';
import { openSqlite } from '@vfleet/documents/sqlite';
import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import type { z } from 'zod';
import type { BrokerUsers } from '../broker-users.ts';
import { HOSTS } from '../collections.ts';
import { INVENTORY_DEFAULTS } from '../config.ts';
import { decideConnection } from '../core/decide-connection.ts';
import type { HostReport } from '../core/decide-report.ts';
import type { Ledger } from '../core/ledger.ts';
import { ENROLMENTS } from '../enrolments.ts';
import { startInventory } from '../service.ts';
import { mortalStore } from './mortal-store.ts';
import { pfReport, report } from './sample-report.ts';
import { standInPolicy } from './stand-in-policy.ts';

const HOST = { hostId: 'h1', name: 'alpha' };

export type InventoryUnderTest = Awaited<ReturnType<typeof inventoryUnderTest>>;

/**
 * Inventory on a memory bus, sqlite and a virtual clock, with the hands of a caller, an agent and an executioner, and a
 * stand-in for policy that is there unless `policy` is `away`.
 */
export async function inventoryUnderTest({
  policy: isThere = 'there',
  faults,
  brokerUsers = null,
}: {
  policy?: 'there' | 'away';
  faults?: MemoryOptions['faults'];
  brokerUsers?: BrokerUsers | null;
} = {}) {
  const clock = virtualClock();
  const folder = await mkdtemp(join(tmpdir(), 'inventory-'));
  const broker = memoryBroker({ clock, log: silentLog, faults });
  const policy = standInPolicy();
  let policyBus: MemoryBus | undefined;
  const policyArrives = async () => {
    if (policyBus) return;
    policyBus = broker.connect();
    await policy.startOn(policyBus);
  };
  if (isThere === 'there') await policyArrives();
  const store = await openSqlite({ folder, clock });
  const mortal = mortalStore(store, () => inventory.bus.die());
  const settings = INVENTORY_DEFAULTS;
  const around = { store: mortal.store, clock, log: silentLog, newId: randomUUID, brokerUsers, settings };
  const start = async () => {
    const bus = broker.connect();
    return { bus, service: await startInventory({ ...around, bus }) };
  };
  let inventory = await start();
  const replicas: { service: { close(): Promise<void> } }[] = [];
  const client = broker.connect();
  const facts: { change: string; nics: string[] }[] = [];
  await client.follow([
    reactsTo(HostChanged, async ({ payload: { change, nics } }) => void facts.push({ change, nics })),
  ]);

  const notes: z.infer<typeof InventoryNoted.payload>[] = [];
  await client.serve('gateway', [reactsTo(InventoryNoted, async ({ payload }) => void notes.push(payload))]);

  const context = (id: string) => ({
    ...{ id, correlationId: id, actor: { kind: 'user' as const, name: 'admin' } },
    sentAt: new Date(clock.now()).toISOString(),
  });
  const ask = <Request, Reply>(contract: Command<Request, Reply>, request: Request, id: string = randomUUID()) =>
    client.ask(contract, request, context(id), { timeoutMs: 5000 });

  /**
   * An agent in the smallest form: it applies what is wanted while `applies`, proves VFs clean while `cleans`, keeps the
   * fence floor, and reports.
   */
  async function attachAgent(host = HOST) {
    const bus = broker.connect();
    const spoken = () => ({ ...context(randomUUID()), actor: { kind: 'agent' as const, name: host.hostId } });
    const agent = {
      ...{ wanted: [] as number[], asked: 0, applies: true, sequence: 0 },
      ...{ toldToClean: [] as ClaimRef[][], cleans: true, floor: null as number | null },
    };
    const tell = (count: number, settlement: Settlement | null = null, change: Partial<HostReport> = {}) => {
      const sequence = ++agent.sequence;
      const told = report(count, {
        ...{ hostId: host.hostId, sequence, digest: `d${sequence}`, pfs: [pfReport(settlement)] },
        ...change,
      });
      return bus.publish(HostDevicesReported, told, spoken());
    };
    const beat = (digest: string) => {
      const origin = { hostId: host.hostId, boot: 1, sequence: agent.sequence };
      return bus.publish(
        Heartbeat,
        { ...origin, digest, agentVersion: '0.1.0', everyMs: 5000, fenceFloor: agent.floor, contact: null },
        spoken(),
      );
    };
    const proves = (
      claims: readonly ClaimRef[],
      outcome: z.infer<typeof VfsCleaned.payload>['results'][number]['outcome'] = { result: 'clean' },
    ) => {
      const origin = { hostId: host.hostId, boot: 1, sequence: ++agent.sequence };
      const results = claims.map((claim) => ({ ...claim, outcome }));
      return bus.publish(VfsCleaned, { ...origin, results }, spoken());
    };
    await bus.attach(host.hostId, [
      obeys(Probe, async () => {}),
      obeys(ReportRequested, async () => {
        agent.asked++;
      }),
      obeys(FenceFloor, async ({ payload: { floor } }) => {
        agent.floor = Math.max(floor, agent.floor ?? 0);
      }),
      obeys(CleanVfs, async ({ payload: { claims } }) => {
        agent.toldToClean.push(claims);
        if (agent.cleans) await proves(claims);
      }),
      obeys(VfsWanted, async ({ payload: { vfsConfigId, generation, numOfVfs } }) => {
        agent.wanted.push(generation);
        const outcome = { result: 'applied' as const };
        if (agent.applies)
          await tell(numOfVfs, {
            vfsConfigId,
            generation,
            wanted: numOfVfs,
            wantedMtu: null,
            outcome,
            existing: numOfVfs,
          });
      }),
    ]);
    const tellDomains = (change: Partial<z.infer<typeof DomainsReported.payload>>) => {
      const origin = { hostId: host.hostId, boot: 1, sequence: ++agent.sequence };
      const told = { ...origin, machineBoot: 'm1', takenAt: new Date(clock.now()).toISOString() };
      return bus.publish(DomainsReported, { ...told, domains: [], fences: [], ...change }, spoken());
    };
    return { agent, tell, beat, proves, tellDomains, leave: () => bus.close() };
  }

  return {
    clock,
    idle: broker.idle,
    crashBroker: broker.crash,
    ask,
    /** The connection of another process to the broker. */
    connect: broker.connect,
    /** What inventory has published about its hosts. */
    facts,
    /** What inventory has told the audit log. */
    notes,
    policy: {
      ...policy,
      arrives: policyArrives,
      dies: () => {
        policyBus?.die();
        policyBus = undefined;
        policy.leave();
      },
    },
    problems: () => inventory.service.problems(),
    /** Puts a ledger into the store, as if its host had been added and had reported. */
    seed: async (ledger: Ledger) => {
      const hosts = await store.open(HOSTS);
      await hosts.put({ id: ledger.id, expectedVersion: 0, body: ledger, answers: [], unpublished: [] });
    },
    /** What the store holds, whatever inventory shows. */
    storedLedgers: async () => (await (await store.open(HOSTS)).list({ limit: 100 })).map(({ body }) => body),
    /** Everything that is stored of hosts and their enrolments, answers and facts included. */
    everyDocument: async () => [
      ...(await (await store.open(HOSTS)).list({ limit: 100 })),
      ...(await (await store.open(ENROLMENTS)).list({ limit: 100 })),
    ],
    attachAgent,
    /** A host that was added and has reported once. */
    managedHost: async (host = HOST) => {
      await ask(AddHost, host);
      const attached = await attachAgent(host);
      await attached.tell(0);
      await broker.idle();
      return attached;
    },
    /** A host that is up, with so many VFs. */
    hostWithVfs: async (count: number) => {
      await ask(AddHost, HOST);
      const attached = await attachAgent();
      await attached.tell(count);
      await broker.idle();
      await attached.beat(`d${attached.agent.sequence}`);
      await broker.idle();
      return attached;
    },
    /** What another inventory process does that no longer hears the host. */
    putDownByAnother: async (hostId: string) => {
      const hosts = await store.open(HOSTS);
      const host = await hosts.get(hostId);
      if (!host) throw new Error(`no host ${hostId}`);
      const body = decideConnection(host.body, { status: 'down', at: new Date(clock.now()).toISOString() });
      if (!body) throw new Error(`${hostId} is down`);
      await hosts.put({ ...host, expectedVersion: host.version, body });
    },
    /** The inventory process dies and another takes over. */
    restart: async () => {
      inventory.bus.die();
      inventory = await start();
    },
    /** The inventory process dies when its next put is done: nobody hears of it, until another takes over. */
    diesAfterNextPut: mortal.diesAfterNextPut,
    /** How many documents inventory has read by their ids. */
    ledgerReads: mortal.reads,
    /** Another inventory process over the same store. */
    addReplica: async () => void replicas.push(await start()),
    close: async () => {
      for (const { service } of [inventory, ...replicas]) await service.close();
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** The reply of a verdict that is expected to be one. */
export function replyOf<Reply>(verdict: Verdict<Reply>): Reply {
  if (!verdict.ok) throw new Error(verdict.refusals.map(({ detail }) => detail).join('; '));
  return verdict.reply;
}
