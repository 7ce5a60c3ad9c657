import { setImmediate as turn } from 'node:timers/promises';
import type { Bus } from '@vfleet/bus/bus';
import { AddHost, GetHost } from '@vfleet/contracts/inventory';
import type { DocumentStore } from '@vfleet/documents/documents';
import { startGateway } from '@vfleet/gateway/service';
import type { GatewaySettings } from '@vfleet/gateway/settings';
import { diskFiles } from '@vfleet/host-agent/adapters/disk-files';
import type { Guests } from '@vfleet/host-agent/guests';
import type { Host } from '@vfleet/host-agent/host';
import { hostMetrics } from '@vfleet/host-agent/host-metrics';
import { type HostAgent, startHostAgent } from '@vfleet/host-agent/service';
import { HostAgentSettings } from '@vfleet/host-agent/settings';
import type { BrokerUsers } from '@vfleet/inventory/broker-users';
import { INVENTORY_DEFAULTS, type InventorySettings } from '@vfleet/inventory/config';
import { startInventory } from '@vfleet/inventory/service';
import { POLICY_DEFAULTS, type PolicySettings } from '@vfleet/policy/config';
import { startPolicy } from '@vfleet/policy/service';
import { type Clock, isoNow } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import { makeMetrics } from '@vfleet/process/metrics';
import type { Service } from '@vfleet/process/service';
import { SCHEDULER_DEFAULTS, type SchedulerSettings } from '@vfleet/scheduler/config';
import { startScheduler } from '@vfleet/scheduler/service';

const ASK_MS = 10_000;

/**
 * A machine whose agent runs in this process, simulated or real, and the folder its agent keeps its files in. `guests`
 * null: it runs no virtual machines.
 */
export type LocalHost = { id: string; name: string; machine: Host; guests: Guests | null; stateDir: string };

export type System = Service & { url: string };

export type SystemSettings = {
  gateway: Partial<GatewaySettings>;
  inventory?: Partial<InventorySettings>;
  policy?: Partial<PolicySettings>;
  scheduler?: Partial<SchedulerSettings>;
  agent?: Partial<HostAgentSettings>;
};

/**
 * Starts every service in this process over the given bus and store; each service gets a connection of its own.
 * The gateway's figures hold those of the local hosts' agents.
 * A local host that inventory does not know is added; one that an administrator has removed stays removed.
 * Whatever was started is closed again when a later part fails to start.
 */
export async function startSystem({
  connectBus,
  store,
  localHosts,
  brokerUsers = null,
  clock,
  log,
  newId,
  random,
  settings,
  announce,
}: {
  connectBus: (role: 'service' | 'agent') => Promise<Bus>;
  store: DocumentStore;
  localHosts: readonly LocalHost[];
  /** Makes users of the broker for agents on other machines; null when the broker is in this process. */
  brokerUsers?: BrokerUsers | null;
  clock: Clock;
  log: Log;
  newId: () => string;
  /** A number from 0 to below 1, as Math.random gives it. */
  random: () => number;
  settings: SystemSettings;
  announce: (text: string) => void;
}): Promise<System> {
  const running: { close(): Promise<void> }[] = [];
  const keep = <Part extends { close(): Promise<void> }>(part: Part): Part => {
    running.unshift(part);
    return part;
  };
  const closeAll = async () => {
    for (const part of running.splice(0)) await part.close();
  };
  const surroundings = { clock, log, newId };

  try {
    keep(store);
    const policy = keep(
      await startPolicy({
        ...surroundings,
        bus: keep(await connectBus('service')),
        store,
        random,
        settings: { ...POLICY_DEFAULTS, ...settings.policy },
      }),
    );
    const inventory = keep(
      await startInventory({
        ...surroundings,
        bus: keep(await connectBus('service')),
        store,
        brokerUsers,
        settings: { ...INVENTORY_DEFAULTS, ...settings.inventory },
      }),
    );
    const scheduler = keep(
      await startScheduler({
        ...surroundings,
        bus: keep(await connectBus('service')),
        store,
        pause: () => turn(),
        settings: { ...SCHEDULER_DEFAULTS, ...settings.scheduler },
      }),
    );
    const bus = keep(await connectBus('service'));
    const agents: HostAgent[] = [];
    for (const host of localHosts) {
      keep(host.machine);
      if (!(await isManaged(bus, host, surroundings))) continue;
      agents.push(
        keep(
          await startHostAgent({
            ...surroundings,
            hostId: host.id,
            bus: keep(await connectBus('agent')),
            host: host.machine,
            guests: host.guests,
            files: diskFiles(host.stateDir),
            settings: HostAgentSettings.parse({ ...settings.agent }),
          }),
        ),
      );
    }
    const metrics = makeMetrics({ service: 'gateway' });
    hostMetrics(
      metrics,
      agents.map(({ figures }) => figures),
    );
    const gateway = keep(
      await startGateway({
        ...surroundings,
        bus,
        store,
        settings: settings.gateway,
        metrics,
        announce,
      }),
    );
    return {
      url: gateway.url,
      problems: async () =>
        (await Promise.all([policy, inventory, scheduler, gateway, ...agents].map((part) => part.problems()))).flat(),
      close: closeAll,
    };
  } catch (fault) {
    await closeAll();
    throw fault;
  }
}

async function isManaged(
  bus: Bus,
  { id, name }: LocalHost,
  { clock, log, newId }: { clock: Clock; log: Log; newId: () => string },
): Promise<boolean> {
  const context = () => {
    const messageId = newId();
    return {
      id: messageId,
      correlationId: messageId,
      actor: { kind: 'service' as const, name: 'embedded' },
      sentAt: isoNow(clock),
    };
  };
  const known = await bus.ask(GetHost, { host: id }, context(), { timeoutMs: ASK_MS });
  if (known.ok && known.reply.resource.id === id) return true;
  const added = await bus.ask(AddHost, { hostId: id, name }, context(), { timeoutMs: ASK_MS });
  if (!added.ok)
    log.warn(
      { hostId: id, refusals: added.refusals },
      'The agent of a local host is not started: the host cannot be added',
    );
  return added.ok;
}
