import { setImmediate as turn } from 'node:timers/promises';
import type { MemoryBroker, MemoryBus } from '@vfleet/bus/memory';
import type { DocumentStore } from '@vfleet/documents/documents';
import { startHostAgent } from '@vfleet/host-agent/service';
import { HostAgentSettings } from '@vfleet/host-agent/settings';
import { type Mortal, mortal } from '@vfleet/host-agent/testing/killable';
import { INVENTORY_DEFAULTS } from '@vfleet/inventory/config';
import { startInventory } from '@vfleet/inventory/service';
import { POLICY_DEFAULTS } from '@vfleet/policy/config';
import { startPolicy } from '@vfleet/policy/service';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import { SCHEDULER_DEFAULTS } from '@vfleet/scheduler/config';
import { startScheduler } from '@vfleet/scheduler/service';
import type { ModelHost } from './hosts.ts';
import { mortalStore } from './mortal-store.ts';
import type { Random } from './random.ts';

/** A process of the system, which is killed and started again; `died` counts its deaths. */
export type Process = {
  name: string;
  isAlive(): boolean;
  start(): void;
  /** Kills it now. */
  kill(): void;
  /** Lets it die at one of its next calls to the outside, before that call has its effect or after. */
  killSoon(random: Random): void;
};

export type Surroundings = { broker: MemoryBroker; store: DocumentStore; clock: Clock; log: Log; newId: () => string };

type Start = (mortal: { process: Mortal; bus: MemoryBus; clock: Clock }) => Promise<unknown>;

/** The processes of the control plane, two replicas of each service, and one agent per host. */
export function processesOf(
  around: Surroundings,
  hosts: readonly ModelHost[],
  random: Random,
): { services: Process[]; agents: Map<string, Process> } {
  const { store, log, newId } = around;
  const service = (name: string, start: Start) =>
    [1, 2].map((replica) => processOf(`${name} ${replica}`, start, around));
  const services = [
    ...service('policy', ({ process, bus, clock }) =>
      startPolicy({
        ...{ bus, clock, log, newId, store: mortalStore(store, process), random: random.number },
        settings: POLICY_DEFAULTS,
      }),
    ),
    ...service('inventory', ({ process, bus, clock }) =>
      startInventory({
        brokerUsers: null,
        ...{ bus, clock, log, newId, store: mortalStore(store, process) },
        settings: INVENTORY_DEFAULTS,
      }),
    ),
    ...service('scheduler', ({ process, bus, clock }) =>
      startScheduler({
        ...{ bus, clock, log, newId, store: mortalStore(store, process) },
        pause: () => turn(),
        settings: SCHEDULER_DEFAULTS,
      }),
    ),
  ];
  const agents = hosts.map((host): [string, Process] => [
    host.id,
    processOf(
      `agent of ${host.id}`,
      ({ process, bus, clock }) =>
        startHostAgent({
          ...{ hostId: host.id, bus, clock, log, newId },
          host: process.part(host.machine),
          guests: process.part(host.machine.guests),
          files: process.part(host.files),
          settings: HostAgentSettings.parse({}),
        }),
      around,
    ),
  ]);
  return { services, agents: new Map(agents) };
}

function processOf(name: string, start: Start, { broker, clock, log }: Surroundings): Process {
  let life: { process: Mortal; bus: MemoryBus } | null = null;

  function kill(): void {
    const mine = life;
    if (!mine) return;
    life = null;
    mine.process.die();
    mine.bus.die();
  }

  return {
    name,
    isAlive: () => life !== null,
    start() {
      if (life) return;
      const process = mortal();
      const bus = broker.connect();
      const mine = { process, bus };
      life = mine;
      start({ process, bus: process.part(bus), clock: process.clock(clock) }).catch((error: unknown) => {
        log.error({ err: error, name }, 'a process could not be started');
        if (life === mine) kill();
      });
    },
    kill,
    killSoon(random) {
      const mine = life;
      if (!mine) return;
      mine.process.dieSoon({ inCalls: 1 + random.below(12), when: random.one(['before', 'after'] as const) }, () => {
        mine.bus.die();
        if (life === mine) life = null;
      });
    },
  };
}
