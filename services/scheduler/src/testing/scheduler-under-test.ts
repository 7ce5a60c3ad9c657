import { randomUUID } from 'node:crypto';
import { reactsTo } from '@vfleet/bus/bus';
import { type MemoryBus, type MemoryOptions, memoryBroker } from '@vfleet/bus/memory';
import type { Command, Event, Verdict } from '@vfleet/contracts/define';
import { GetOperation, PlacementChanged, ReadRuntimes, SchedulerNoted } from '@vfleet/contracts/scheduler/runs';
import { openTemporary } from '@vfleet/documents/sqlite-temporary';
import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { PLACEMENTS } from '../collections.ts';
import { SCHEDULER_DEFAULTS, type SchedulerSettings } from '../config.ts';
import type { HostFacts } from '../core/host-facts.ts';
import { startScheduler } from '../service.ts';
import { machines as simulatedMachines } from './machines.ts';
import { type Mortal, mortal } from './mortal.ts';
import { type AgentDisk, standInAgent } from './stand-in-agent.ts';
import { standInLedgers } from './stand-in-ledgers.ts';
import { standInVms } from './stand-in-vms.ts';

type Behaviour = ReturnType<Parameters<typeof standInAgent>[0]['behaves']>;
type StepKind = Parameters<Parameters<typeof standInAgent>[0]['behaves']>[0];

export type SchedulerUnderTest = Awaited<ReturnType<typeof schedulerUnderTest>>;

/**
 * The scheduler on a memory bus, sqlite and a virtual clock, amid stand-ins for policy, inventory and agents: with the
 * hands of a caller, an administrator and an executioner.
 */
export async function schedulerUnderTest({
  replicas = 1,
  settings = {},
  faults,
}: {
  replicas?: number;
  settings?: Partial<SchedulerSettings>;
  faults?: MemoryOptions['faults'];
} = {}) {
  const clock = virtualClock();
  const broker = memoryBroker({ clock, log: silentLog, faults });
  const { store, destroy } = await openTemporary();
  const machines = simulatedMachines();
  const vms = standInVms();
  const inventory = standInLedgers({ machines, clock });
  const policyBus = broker.connect();
  await vms.startOn(policyBus);
  await inventory.startOn(broker.connect());

  const agents = new Map<string, { bus: MemoryBus; agent: Awaited<ReturnType<typeof standInAgent>> }>();
  const disks = new Map<string, AgentDisk>();
  const behaviours = new Map<string, Behaviour[]>();
  const told: string[] = [];

  const around = { clock, log: silentLog, newId: randomUUID, pause: async () => {} };
  const processes: Mortal[] = [];
  const start = async () => {
    const bus = broker.connect();
    const process = mortal({ bus, store, onDeath: () => bus.die() });
    processes.push(process);
    const ports = { bus: process.bus, store: process.store };
    const service = await startScheduler({ ...around, ...ports, settings: { ...SCHEDULER_DEFAULTS, ...settings } });
    return { process, service };
  };

  /** Resolves when no process waits for the store, and no message is under way but such as wait for the clock. */
  async function rest(): Promise<void> {
    for (let quiet = 0; quiet < 8; quiet++) {
      await Promise.race([broker.idle(), turns(8)]);
      await turns(1);
      if (processes.some((process) => !process.isDead() && process.inFlight() > 0)) quiet = 0;
    }
  }

  let running = await Promise.all(Array.from({ length: replicas }, start));
  const client = broker.connect();
  const notes: { action: string; outcome: string; codes: string[] }[] = [];
  await client.follow([reactsTo(PlacementChanged, async () => {})]);
  await broker
    .connect()
    .serve('gateway', [
      reactsTo(
        SchedulerNoted,
        async ({ payload: { action, outcome, codes } }) => void notes.push({ action, outcome, codes }),
      ),
    ]);

  const ask = <Request, Reply>(contract: Command<Request, Reply>, request: Request, id: string = randomUUID()) => {
    const actor = { kind: 'user' as const, name: 'admin' };
    const context = { id, correlationId: id, actor, sentAt: new Date(clock.now()).toISOString() };
    return client.ask(contract, request, context, { timeoutMs: 5000 });
  };

  const publish = <Payload>(event: Event<Payload>, payload: Payload) => {
    const id = randomUUID();
    const actor = { kind: 'service' as const, name: 'inventory' };
    const sentAt = new Date(clock.now()).toISOString();
    return client.publish(event, payload, { id, correlationId: id, actor, sentAt });
  };

  async function arrive(hostId: string): Promise<void> {
    const bus = broker.connect();
    const disk = disks.get(hostId) ?? { boot: 0, attempts: new Map(), ended: new Map() };
    disks.set(hostId, disk);
    const behaves = (step: StepKind): Behaviour => {
      told.push(`${hostId} ${step}`);
      return behaviours.get(`${hostId} ${step}`)?.shift() ?? 'well';
    };
    agents.set(hostId, { bus, agent: await standInAgent({ hostId, bus, clock, machines, disk, behaves }) });
  }

  return {
    clock,
    store,
    machines,
    vms,
    inventory,
    notes,
    /** What agents were told, as "<host> <step>". */
    told,
    ask,
    publish,
    rest,
    /** The processes that run now. */
    living: () => running.map(({ process }) => process),
    addHost: async (facts: HostFacts) => {
      inventory.put(facts);
      await arrive(facts.id);
    },
    arrive,
    /** How often a host has told its domains. */
    reports: (hostId: string) => agents.get(hostId)?.agent.reports() ?? 0,
    hasAgent: (hostId: string) => agents.has(hostId),
    agentOf: (hostId: string) => {
      const found = agents.get(hostId);
      if (!found) throw new Error(`no agent of ${hostId}`);
      return found.agent;
    },
    /** The agent is gone; what runs on its machine goes on. */
    leave: (hostId: string) => {
      agents.get(hostId)?.bus.die();
      agents.delete(hostId);
    },
    /** How the agent behaves at its next steps of a kind, one after the other; well after those. */
    behave: (hostId: string, step: StepKind, ...next: Behaviour[]) => void behaviours.set(`${hostId} ${step}`, next),
    operation: async (operationId: string) => replyOf(await ask(GetOperation, { operationId })),
    runtime: async (vmId: string) => replyOf(await ask(ReadRuntimes, { vmIds: [vmId] })).items[0],
    placement: async (vmId: string) => (await (await store.open(PLACEMENTS)).get(vmId))?.body,
    /** Every replica dies, at once, and so many others start. */
    restart: async (replicasAfter = 1) => {
      for (const { process } of running) process.die();
      running = await Promise.all(Array.from({ length: replicasAfter }, start));
      await rest();
    },
    /** Policy dies; what it answers with has it back. */
    silencePolicy: () => {
      policyBus.die();
      return () => vms.startOn(broker.connect());
    },
    /** Another replica joins. */
    join: async () => {
      running.push(await start());
      await rest();
    },
    /** Moves time on in steps, letting everything come to rest in between. */
    pass: async (ms: number, stepMs = 1000) => {
      for (let left = ms; left > 0; left -= stepMs) {
        await clock.advance(Math.min(stepMs, left));
        await rest();
      }
    },
    close: async () => {
      // A handler that waits for what was lost would be waited for, and no time passes any more.
      for (const { service, process } of running) {
        if (faults) process.die();
        if (!process.isDead()) await service.close();
      }
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

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
