import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, obeys } from '@vfleet/bus/bus';
import { memoryBroker } from '@vfleet/bus/memory';
import type { Command, Verdict } from '@vfleet/contracts/define';
import { Heartbeat, HostDevicesReported, Probe, ReportRequested, VfsWanted } from '@vfleet/contracts/host-agent';
import { AddHost, GetHost, GetVfsConfig, ListNics, UpdateVfsConfig } from '@vfleet/contracts/inventory';
import type { PfReport, Settlement, VfReport } from '@vfleet/contracts/vocabulary/host-report';
import { openSqlite } from '@vfleet/documents/sqlite';
import { silentLog } from '@vfleet/process/log';
import { type VirtualClock, virtualClock } from '@vfleet/process/virtual-clock';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { INVENTORY_DEFAULTS } from './config.ts';
import { startInventory } from './service.ts';

const PF = '0000:41:00.0';
const ON_PF = { host: 'alpha', nic: 'ens11', vfsConfig: 'vfsConfig' };

let clock: VirtualClock;
let folder: string;
let world: Awaited<ReturnType<typeof makeWorld>>;

beforeEach(async () => {
  clock = virtualClock();
  folder = await mkdtemp(join(tmpdir(), 'inventory-'));
  world = await makeWorld();
});
afterEach(async () => {
  await world.close();
  await rm(folder, { recursive: true });
});

async function makeWorld() {
  const broker = memoryBroker({ clock, log: silentLog });
  const store = await openSqlite({ folder, clock });
  const newId = () => randomUUID();
  const start = () => {
    const bus = broker.connect();
    return startInventory({ bus, store, clock, log: silentLog, newId, settings: INVENTORY_DEFAULTS }).then(
      (service) => ({ bus, service }),
    );
  };
  let inventory = await start();
  const client = broker.connect();
  return {
    broker,
    client,
    ask: <Request, Reply>(contract: Command<Request, Reply>, request: Request, id: string = newId()) =>
      ask(client, contract, request, id),
    /** The inventory process dies and another takes over. */
    restart: async () => {
      inventory.bus.die();
      inventory = await start();
    },
    close: async () => {
      await inventory.service.close();
      await store.close();
    },
  };
}

function context(id: string) {
  return {
    id,
    correlationId: id,
    actor: { kind: 'user' as const, name: 'admin' },
    sentAt: new Date(clock.now()).toISOString(),
  };
}

async function ask<Request, Reply>(
  bus: Bus,
  contract: Command<Request, Reply>,
  request: Request,
  id: string,
): Promise<Verdict<Reply>> {
  const answer = bus.ask(contract, request, context(id), { timeoutMs: 5000 });
  return answer;
}

function reportOf(count: number, sequence: number, settlement: Settlement | null) {
  const vfs = Array.from({ length: count }, (_, index): VfReport => {
    return { pciAddress: `0000:41:10.${index}`, pfAddress: PF, index, driver: 'igbvf', vfio: null, netns: 'here' };
  });
  const devices: Record<string, { params: Record<string, unknown> }> = {
    computer: { params: { capability: 'system' } },
    pci_0000_41_00_0: {
      params: {
        capability: 'pci',
        parent: 'computer',
        driver: 'igb',
        iommu_group: '10',
        totalvfs: 7,
        address: { domain: '0', bus: '65', slot: '0', function: '0' },
      },
    },
    net_ens11_52_54_00_aa_00_01: { params: { capability: 'net', parent: 'pci_0000_41_00_0', interface: 'ens11' } },
  };
  for (const { index } of vfs) {
    const address = { domain: '0', bus: '65', slot: '16', function: String(index) };
    devices[`pci_0000_41_10_${index}`] = {
      params: {
        capability: 'pci',
        parent: 'computer',
        driver: 'igbvf',
        iommu_group: `${20 + index}`,
        physfn: 'pci_0000_41_00_0',
        address,
      },
    };
  }
  const netdev = (name: string, pciAddress: string) => ({
    ...{ name, mac: '52:54:00:aa:00:01', mtu: 1500, speed: 1000, carrier: true, kind: 'physical' as const, pciAddress },
    master: null,
    uppers: [],
    addresses: [],
    vlanId: null,
  });
  const identity = { vendorId: '0x8086', deviceId: '0x10c9', mac: null };
  const pf: PfReport = {
    pciAddress: PF,
    driver: 'igb',
    firmware: null,
    identity,
    autoprobe: true,
    persisted: null,
    settlement,
    changing: null,
    stuck: null,
    warning: null,
  };
  return {
    ...{
      hostId: 'h1',
      boot: 1,
      sequence,
      digest: `d${sequence}`,
      takenAt: new Date(clock.now()).toISOString(),
      agentVersion: '0.1.0',
      iommu: true,
    },
    ...{
      devices,
      scanError: null,
      vfs,
      pfs: [pf],
      nics: [netdev('ens11', PF), ...vfs.map(({ pciAddress, index }) => netdev(`ens11v${index}`, pciAddress))],
    },
  };
}

/** An agent in the smallest form: it applies what is wanted unless told not to, and reports. */
async function attachAgent() {
  const bus = world.broker.connect();
  const agent = { wanted: [] as number[], asked: 0, applies: true, sequence: 0, bus };
  const report = (count: number, settlement: Settlement | null = null) =>
    bus.publish(HostDevicesReported, reportOf(count, ++agent.sequence, settlement), context(randomUUID()));
  await bus.attach('h1', [
    obeys(Probe, async () => {}),
    obeys(ReportRequested, async () => {
      agent.asked++;
    }),
    obeys(VfsWanted, async ({ payload: { vfsConfigId, generation, numOfVfs } }) => {
      agent.wanted.push(generation);
      if (agent.applies)
        await report(numOfVfs, {
          vfsConfigId,
          generation,
          wanted: numOfVfs,
          outcome: { result: 'applied' },
          existing: numOfVfs,
        });
    }),
  ]);
  return { ...agent, agent, report };
}

async function managedHost(count = 0) {
  await world.ask(AddHost, { hostId: 'h1', name: 'alpha' });
  const host = await attachAgent();
  await host.report(count);
  await world.broker.idle();
  return host;
}

function replyOf<Reply>(verdict: Verdict<Reply>): Reply {
  if (!verdict.ok) throw new Error(verdict.refusals.map(({ detail }) => detail).join('; '));
  return verdict.reply;
}

it('changes the number of VFs: wanted, told, settled, seen', async () => {
  await managedHost();
  const wanted = replyOf(await world.ask(UpdateVfsConfig, { ...ON_PF, numOfVfs: 4 }));
  expect(wanted).toMatchObject({ state: 'changing', generation: 1, observed_generation: 0 });
  await world.broker.idle();
  const settled = replyOf(await world.ask(GetVfsConfig, { ...ON_PF, generation: 1 }));
  expect(settled).toMatchObject({
    outcome: { state: 'applied' },
    resource: { state: 'ready', existing_num_of_vfs: 4, num_of_free_vfs: 4 },
  });
  expect(replyOf(await world.ask(ListNics, { host: 'h1', limit: 100 })).items.map(({ name }) => name)).toEqual([
    'ens11',
    'ens11v0',
    'ens11v1',
    'ens11v2',
    'ens11v3',
  ]);
});

it('saves nothing for a host whose agent is away, and says since when', async () => {
  const { bus } = await managedHost();
  await bus.close();
  const verdict = await world.ask(UpdateVfsConfig, { ...ON_PF, numOfVfs: 4 });
  expect(verdict).toMatchObject({
    ok: false,
    refusals: [{ code: 'HOST_UNREACHABLE', detail: expect.stringContaining('alpha') }],
  });
  expect(replyOf(await world.ask(GetVfsConfig, ON_PF)).resource).toMatchObject({ generation: 0, state: 'unmanaged' });
});

it('tells broken rules before it looks for the host', async () => {
  const { bus } = await managedHost();
  await bus.close();
  expect(await world.ask(UpdateVfsConfig, { ...ON_PF, numOfVfs: 99 })).toMatchObject({
    refusals: [{ code: 'ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE' }],
  });
});

it('gives a redelivered command its first answer and makes no second generation', async () => {
  await managedHost();
  const first = await world.ask(UpdateVfsConfig, { ...ON_PF, numOfVfs: 4 }, 'command-1');
  await world.broker.idle();
  const again = await world.ask(UpdateVfsConfig, { ...ON_PF, numOfVfs: 4 }, 'command-1');
  expect(again).toEqual(first);
  expect(replyOf(await world.ask(GetVfsConfig, ON_PF)).resource.generation).toBe(1);
});

it('answers an overtaken generation superseded, and settles the newest', async () => {
  const { agent } = await managedHost();
  agent.applies = false;
  await world.ask(UpdateVfsConfig, { ...ON_PF, numOfVfs: 4 });
  await world.broker.idle();
  agent.applies = true;
  await world.ask(UpdateVfsConfig, { ...ON_PF, numOfVfs: 2 });
  await world.broker.idle();
  expect(replyOf(await world.ask(GetVfsConfig, { ...ON_PF, generation: 1 })).outcome).toEqual({
    state: 'superseded',
    by: 2,
  });
  expect(replyOf(await world.ask(GetVfsConfig, { ...ON_PF, generation: 2 })).outcome).toEqual({ state: 'applied' });
});

it('tells a host again what it has not settled, after its own death too', async () => {
  const { agent } = await managedHost();
  agent.applies = false;
  await world.ask(UpdateVfsConfig, { ...ON_PF, numOfVfs: 4 });
  await world.broker.idle();
  agent.applies = true;
  await world.restart();
  await clock.advance(INVENTORY_DEFAULTS.tellUnsettledMs + 1);
  await world.broker.idle();
  expect(agent.wanted).toEqual([1, 1]);
  expect(replyOf(await world.ask(GetVfsConfig, ON_PF)).resource).toMatchObject({
    state: 'ready',
    existing_num_of_vfs: 4,
  });
});

it('never tells a failed generation again', async () => {
  const { agent, report } = await managedHost();
  agent.applies = false;
  await world.ask(UpdateVfsConfig, { ...ON_PF, numOfVfs: 4 });
  const failure = { code: 'EIO', cause: 'The card failed.', remedy: 'Replace it.' };
  await report(0, {
    vfsConfigId: 'h1-1',
    generation: 1,
    wanted: 4,
    outcome: { result: 'failed', failure },
    existing: 0,
  });
  await world.broker.idle();
  const told = agent.wanted.length;
  await clock.advance(5 * INVENTORY_DEFAULTS.tellUnsettledMs);
  await world.broker.idle();
  expect(agent.wanted.length).toBe(told);
  expect(replyOf(await world.ask(GetVfsConfig, { ...ON_PF, generation: 1 }))).toMatchObject({
    outcome: { state: 'failed', cause: failure.cause, existing: 0 },
    resource: { state: 'failed', last_error: failure },
  });
});

it('turns a host up when it is heard and down after three missed heartbeats', async () => {
  const { bus } = await managedHost();
  const beat = () =>
    bus.publish(
      Heartbeat,
      { hostId: 'h1', boot: 1, sequence: 1, digest: 'd1', agentVersion: '0.1.0', everyMs: 5000 },
      context(randomUUID()),
    );
  const status = async () => replyOf(await world.ask(GetHost, { host: 'alpha' })).resource.status;
  expect(await status()).toBe('down');
  await beat();
  await world.broker.idle();
  expect(await status()).toBe('up');
  await clock.advance(14_000);
  expect(await status()).toBe('up');
  await clock.advance(3000);
  await world.broker.idle();
  expect(await status()).toBe('down');
});

it('asks for the report when a heartbeat tells of another state, and not when it agrees', async () => {
  const { agent, bus } = await managedHost();
  const beat = (digest: string) =>
    bus.publish(
      Heartbeat,
      { hostId: 'h1', boot: 1, sequence: 1, digest, agentVersion: '0.1.0', everyMs: 5000 },
      context(randomUUID()),
    );
  await beat('d1');
  await world.broker.idle();
  expect(agent.asked).toBe(0);
  await beat('d9');
  await world.broker.idle();
  expect(agent.asked).toBe(1);
});

it('does not take in a host that nobody added', async () => {
  const { report } = await attachAgent();
  await report(2);
  await world.broker.idle();
  expect(await world.ask(GetHost, { host: 'h1' })).toMatchObject({ ok: false, refusals: [{ code: 'HOST_NOT_EXIST' }] });
});
