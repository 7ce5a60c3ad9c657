import { UpdateVfsConfig } from '@vfleet/contracts/inventory';
import { ConfirmPoweredOff } from '@vfleet/contracts/inventory-claims';
import { SetMaintenance } from '@vfleet/contracts/inventory-plan';
import { MigrateVm, PlugVnic, RunVm, StopVm, UnplugVnic, UpgradeVnic } from '@vfleet/contracts/scheduler/runs';
import type { Operation } from '@vfleet/contracts/vocabulary/operation';
import type { History } from './history.ts';
import type { ModelHost } from './hosts.ts';
import type { Process } from './processes.ts';
import { domainsOf } from './truth.ts';
import type { World } from './world.ts';

/** What can happen, and how often. */
const WEIGHTS = {
  start: 30,
  stop: 14,
  'force stop': 4,
  migrate: 10,
  plug: 7,
  unplug: 7,
  upgrade: 4,
  resize: 4,
  maintenance: 2,
  'domain dies': 4,
  'guest holds on': 2,
  'start fails': 3,
  'host reboots': 2,
  'host is lost': 1,
  'agent dies': 4,
  'service dies': 8,
  'service dies soon': 8,
  'broker dies': 1,
} as const;
export type Happening = keyof typeof WEIGHTS;

const DEAD_FOR_MS = 15_000;
const HOST_AWAY_MS = 40_000;
const FAULT_FOR_MS = 20_000;

/** Things happen to a world; what goes on after it resolves ends with `ended`. */
export type Happens = { next(): Happening; ended(): Promise<void>; open(): string[] };

/** Makes things happen: clients ask, machines fail, processes die and come back. */
export function happensIn(
  world: World,
  history: History,
  { signal, without = [] }: { signal: AbortSignal; without?: readonly Happening[] | undefined },
): Happens {
  const { clock, random, clients, hosts, vms, services, agents, broker } = world;
  const going = new Map<Promise<unknown>, string>();
  const awayHosts = new Set<string>();

  function goOn(what: string, work: Promise<unknown>): void {
    const tracked: Promise<unknown> = work.finally(() => going.delete(tracked));
    going.set(tracked, what);
  }

  function operates(
    kind: Operation['kind'],
    operate: (vm: string, vnic: string) => Promise<Awaited<ReturnType<typeof clients.operate>>>,
  ): void {
    const vm = random.one(vms);
    const vnic = random.one(vm.vnics).id;
    const tell = history.asks(vm.id, kind, clock.now());
    goOn(
      `${kind} of ${vm.id} (${vnic})`,
      operate(vm.id, vnic).then((told) => {
        if (!told) return;
        const { verdict, at } = told;
        tell(verdict.ok ? (verdict.reply.state === 'done' ? 'done' : 'failed') : 'refused', at);
      }),
    );
  }

  function restarts(process: Process, afterMs = random.below(DEAD_FOR_MS)): void {
    goOn(
      `restart of ${process.name}`,
      clock.sleep(afterMs).then(() => process.start()),
    );
  }

  /** Every VM that may be on a host or on its way there: what befalls the host may befall it. */
  function disturbAll(): void {
    for (const { id } of vms) history.disturbed(id, clock.now());
  }

  function faultyFor(host: ModelHost, fault: Parameters<ModelHost['machine']['inject']>[0]): void {
    const end = host.machine.inject(fault);
    goOn(`fault ${fault.kind}`, clock.sleep(FAULT_FOR_MS).then(end));
  }

  async function loseHost(host: ModelHost, agent: Process): Promise<void> {
    awayHosts.add(host.id);
    agent.kill();
    await host.machine.reboot();
    disturbAll();
    await clock.sleep(HOST_AWAY_MS);
    await clients.ask(ConfirmPoweredOff, { host: host.id });
    disturbAll();
    awayHosts.delete(host.id);
    agent.start();
  }

  const host = () => random.one(hosts);
  const agentOf = ({ id }: ModelHost): Process => {
    const agent = agents.get(id);
    if (!agent) throw new Error(`${id} has no agent`);
    return agent;
  };
  const does: Record<Happening, () => void> = {
    start: () => operates('start', (vm) => clients.operate(RunVm, { vm }, signal)),
    stop: () => operates('stop', (vm) => clients.operate(StopVm, { vm, force: false }, signal)),
    'force stop': () => operates('stop', (vm) => clients.operate(StopVm, { vm, force: true }, signal)),
    migrate: () => operates('migrate', (vm) => clients.operate(MigrateVm, { vm }, signal)),
    plug: () => operates('plug', (vm, vnic) => clients.operate(PlugVnic, { vm, vnic }, signal)),
    unplug: () => operates('unplug', (vm, vnic) => clients.operate(UnplugVnic, { vm, vnic }, signal)),
    upgrade: () => operates('upgrade', (vm, vnic) => clients.operate(UpgradeVnic, { vm, vnic }, signal)),
    resize: () => {
      const { id, machine } = host();
      const numOfVfs = random.below(3);
      goOn(
        `resize on ${id}`,
        machine.scan().then(async ({ pfs }) => {
          const { nic } = random.one(pfs);
          if (nic !== null) await clients.ask(UpdateVfsConfig, { host: id, nic, vfsConfig: 'vfsConfig', numOfVfs });
        }),
      );
    },
    maintenance: () => {
      const { id } = host();
      const ask = (maintenance: boolean) => clients.ask(SetMaintenance, { host: id, maintenance });
      goOn(
        `maintenance of ${id}`,
        ask(true)
          .then(() => clock.sleep(FAULT_FOR_MS))
          .then(() => ask(false)),
      );
    },
    'domain dies': () => {
      const domain = domainsOf(hosts).find(({ vmId }) => vmId !== null && random.chance(0.3));
      if (!domain?.vmId) return;
      history.disturbed(domain.vmId, clock.now());
      hosts.find(({ id }) => id === domain.hostId)?.machine.killDomain(domain.vmId);
    },
    'guest holds on': () => faultyFor(host(), { kind: 'guest-refuses-unplug' }),
    'start fails': () => faultyFor(host(), { kind: 'start-fails', message: 'no memory left' }),
    'host reboots': () => {
      const one = host();
      if (awayHosts.has(one.id)) return;
      const agent = agentOf(one);
      agent.kill();
      disturbAll();
      goOn(
        `reboot of ${one.id}`,
        one.machine.reboot().then(() => restarts(agent)),
      );
    },
    'host is lost': () => {
      const one = host();
      if (!awayHosts.has(one.id)) goOn(`loss of ${one.id}`, loseHost(one, agentOf(one)));
    },
    'agent dies': () => {
      const one = host();
      if (awayHosts.has(one.id)) return;
      agentOf(one).kill();
      restarts(agentOf(one));
    },
    'service dies': () => {
      const service = random.one(services);
      service.kill();
      restarts(service);
    },
    'service dies soon': () => {
      const service = random.one(services);
      service.killSoon(random);
      restarts(service);
    },
    'broker dies': () => broker.crash(),
  };

  return {
    next() {
      const happening = random.weighted(WEIGHTS);
      if (!without.includes(happening)) does[happening]();
      return happening;
    },
    open: () => [...going.values()],
    async ended() {
      while (going.size > 0) await Promise.all(going.keys());
    },
  };
}
