import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MemoryBroker, type MemoryOptions, memoryBroker } from '@vfleet/bus/memory';
import { GetHost, UpdateVfsConfig } from '@vfleet/contracts/inventory';
import { AddNicNetwork } from '@vfleet/contracts/inventory-networks';
import type { Documents } from '@vfleet/documents/documents';
import { openSqlite } from '@vfleet/documents/sqlite';
import { HOSTS } from '@vfleet/inventory/collections';
import type { Ledger } from '@vfleet/inventory/core/ledger';
import { silentLog } from '@vfleet/process/log';
import { type VirtualClock, virtualClock } from '@vfleet/process/virtual-clock';
import { PLACEMENTS } from '@vfleet/scheduler/collections';
import type { Placement } from '@vfleet/scheduler/core/placement';
import { type Clients, clientsOf } from './clients.ts';
import { type ModelVm, modelVms, setUp } from './content.ts';
import { type ModelHost, modelHosts } from './hosts.ts';
import { type Process, processesOf } from './processes.ts';
import { type Random, randomFrom } from './random.ts';
import { domainsOf, violationsOf } from './truth.ts';

/** Few, so that VMs compete for them and preferred vNICs fall back. */
const VFS_PER_PF = 1;
const SET_UP_WITHIN_MS = 600_000;

/** How big a run is, and what befalls its messages. */
export type Size = {
  seed: number;
  hosts: number;
  vms: number;
  faults: Omit<NonNullable<MemoryOptions['faults']>, 'seed'>;
};

/** A fleet in virtual time: everything that runs, everything that is true, and clients. */
export type World = {
  clock: VirtualClock;
  random: Random;
  broker: MemoryBroker;
  hosts: ModelHost[];
  vms: ModelVm[];
  services: Process[];
  agents: Map<string, Process>;
  clients: Clients;
  ledgers(): Promise<Ledger[]>;
  placements(): Promise<Placement[]>;
  /** Moves time on in small steps; after each the fleet is looked at, and what must never be so throws. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
};

const SLICE_MS = 100;

/** Starts a fleet whose hosts have VFs and whose VMs are down. */
export async function makeWorld({ seed, hosts: hostCount, vms: vmCount, faults }: Size): Promise<World> {
  const random = randomFrom(seed);
  const clock = virtualClock();
  const folder = await mkdtemp(join(tmpdir(), 'vfleet-model-'));
  const store = await openSqlite({ folder, clock });
  const broker = memoryBroker({ clock, log: silentLog, faults: { ...faults, seed } });
  let ids = 0;
  const newId = () => `i${seed}-${++ids}`;
  const hosts = modelHosts(hostCount, clock);
  const vms = modelVms(vmCount, random);
  const { services, agents } = processesOf({ broker, store, clock, log: silentLog, newId }, hosts, random);
  const clients = clientsOf({ connect: broker.connect, clock, newId });
  const ledgers = await store.open(HOSTS);
  const placements = await store.open(PLACEMENTS);

  const world: World = {
    ...{ clock, random, broker, hosts, vms, services, agents, clients },
    ledgers: () => bodiesOf(ledgers),
    placements: () => bodiesOf(placements),
    async pass(ms) {
      for (let left = ms; left > 0; left -= SLICE_MS) {
        await clock.advance(Math.min(SLICE_MS, left));
        const broken = violationsOf(domainsOf(hosts), await bodiesOf(ledgers));
        if (broken.length > 0)
          throw new Error(`seed ${seed}, ${new Date(clock.now()).toISOString()}: ${broken.join('; ')}`);
      }
    },
    async close() {
      for (const process of [...services, ...agents.values()]) process.kill();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  for (const process of services) process.start();
  await within(world, build(world));
  return world;
}

/** Lets time pass until the work is done; fails when it does not end. */
export async function within<Value>(world: World, work: Promise<Value>, limitMs = SET_UP_WITHIN_MS): Promise<Value> {
  let ended = false;
  const watched = work.finally(() => {
    ended = true;
  });
  watched.catch(() => undefined);
  const end = world.clock.now() + limitMs;
  while (!ended) {
    if (world.clock.now() > end) throw new Error(`not done after ${limitMs} ms of virtual time`);
    await world.pass(500);
  }
  return watched;
}

async function build({ clients, hosts, vms, agents, clock }: World): Promise<void> {
  for (const { contract, request } of setUp(
    hosts.map(({ id }) => id),
    vms,
  )) {
    const { verdict } = await clients.ask(contract, request);
    if (!verdict.ok) throw new Error(`${contract.name}: ${verdict.refusals.map(({ detail }) => detail).join('; ')}`);
  }
  for (const agent of agents.values()) agent.start();
  for (const { id, machine } of hosts) {
    for (;;) {
      const { verdict } = await clients.ask(GetHost, { host: id });
      if (verdict.ok && verdict.reply.resource.status === 'up' && verdict.reply.resource.pfs > 0) break;
      await clock.sleep(500);
    }
    await clients.ask(AddNicNetwork, { host: id, nic: 'eno1', network: 'green' });
    const { pfs } = await machine.scan();
    for (const { nic } of pfs) {
      if (nic !== null)
        await clients.ask(UpdateVfsConfig, { host: id, nic, vfsConfig: 'vfsConfig', numOfVfs: VFS_PER_PF });
    }
  }
}

async function bodiesOf<Body>(documents: Documents<Body>): Promise<Body[]> {
  return (await documents.list({ limit: 500 })).map(({ body }) => body);
}
