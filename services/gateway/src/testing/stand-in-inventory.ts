import { answers, type Bus, type Subscription } from '@vfleet/bus/bus';
import type { Verdict } from '@vfleet/contracts/define';
import type { Message } from '@vfleet/contracts/envelope';
import {
  AddHost,
  type GenerationOutcome,
  GetHost,
  GetNic,
  GetVfsConfig,
  HostChanged,
  ListDevices,
  ListHosts,
  ListNics,
  RefreshHost,
  RemoveHost,
  RemoveVfsConfig,
  UpdateHost,
  UpdateVfsConfig,
} from '@vfleet/contracts/inventory';
import { ConfirmPoweredOff } from '@vfleet/contracts/inventory-claims';
import { EnrolHost } from '@vfleet/contracts/inventory-enrolment';
import { PlanVfsConfig, SetMaintenance } from '@vfleet/contracts/inventory-plan';
import { refusal } from '@vfleet/contracts/refusals';
import type { Host } from '@vfleet/contracts/vocabulary/host';
import type { VfsConfig } from '@vfleet/contracts/vocabulary/vfs-config';
import type { VfsConfigPlan } from '@vfleet/contracts/vocabulary/vfs-config-plan';
import { type Clock, isoNow } from '@vfleet/process/clock';
import { carryingOut, type Deeds } from './carrying-out.ts';
import { CONFIG, DEVICE, host, nic } from './fleet.ts';
import { standInLists } from './stand-in-lists.ts';

export type StandInInventory = Deeds & {
  config: VfsConfig;
  hosts: Host[];
  /** Settles the generation that is wanted now, and tells of it. */
  settle(outcome: GenerationOutcome, tell?: 'tell' | 'say nothing'): Promise<void>;
  serve(): Promise<void>;
  /** It is away: nobody answers. */
  away(): Promise<void>;
};

const CREDENTIALS = { broker_url: 'amqps://broker.example', username: 'u', password: 'p', token: 't' };
const CLAIM = { claimId: 'c1', pciAddress: '0000:05:10.1', fence: 7 };

/** Answers inventory's contracts for one host `alpha` with one PF; keeps answers by command id as the real one does. */
export function standInInventory(bus: Bus, clock: Clock): StandInInventory {
  const outcomes = new Map<number, GenerationOutcome>();
  let version = 3;
  let subscription: Subscription | undefined;
  let facts = 0;

  const inventory: StandInInventory = {
    commands: [],
    heard: [],
    config: { ...CONFIG },
    hosts: [host('h-alpha', 'alpha'), host('h-bravo', 'bravo'), host('h-charlie', 'charlie')],
    refusals: [],
    async settle(outcome, tell = 'tell') {
      const { generation, num_of_vfs } = inventory.config;
      outcomes.set(generation, outcome);
      const done =
        outcome.state === 'applied'
          ? { state: 'ready' as const, existing_num_of_vfs: num_of_vfs }
          : { state: 'failed' as const };
      inventory.config = { ...inventory.config, ...done, observed_generation: generation };
      if (tell === 'tell') await say('h-alpha');
    },
    async serve() {
      subscription = await bus.serve('inventory', bindings);
    },
    async away() {
      await subscription?.close();
    },
  };

  const carriesOut = carryingOut(inventory);
  const bindings = [
    answers(ListHosts, async ({ payload: { limit, cursor } }) => {
      const after = inventory.hosts.filter(({ id }) => cursor === undefined || id > cursor);
      const items = after.slice(0, limit);
      return { ok: true, reply: { items, next: after.length > limit ? (items.at(-1)?.id ?? null) : null } };
    }),
    answers(GetHost, async (message) =>
      hearing(
        message,
        findHost(message.payload.host, (found) => ({ resource: found, version })),
      ),
    ),
    answers(ListNics, async ({ payload }) =>
      findHost(payload.host, () => ({ items: [nic(inventory.config)], next: null })),
    ),
    answers(GetNic, async ({ payload }) => findNic(payload, () => ({ resource: nic(inventory.config), version }))),
    answers(ListDevices, async ({ payload }) => findHost(payload.host, () => ({ items: [DEVICE], next: null }))),
    answers(GetVfsConfig, async (message) => {
      const { generation } = message.payload;
      const open = { state: 'open' } as const;
      const outcome = generation === undefined ? null : (outcomes.get(generation) ?? open);
      return hearing(
        message,
        findNic(message.payload, () => ({ resource: inventory.config, version, outcome })),
      );
    }),
    answers(PlanVfsConfig, async (message) =>
      hearing(
        message,
        findNic(message.payload, () => planOf(message.payload)),
      ),
    ),
    carriesOut(SetMaintenance, ({ host: ref, maintenance }) =>
      findHost(ref, (found) => Object.assign(found, { status: maintenance ? 'maintenance' : 'up' })),
    ),
    carriesOut(ConfirmPoweredOff, ({ host: ref }) => findHost(ref, () => ({ released: [CLAIM] }))),
    carriesOut(AddHost, ({ hostId, name }) => {
      const added = host(hostId, name);
      inventory.hosts.push(added);
      return { ok: true, reply: { ...added, enrolment: null, enrolment_problem: null } };
    }),
    carriesOut(EnrolHost, ({ host: ref }) => findHost(ref, ({ id }) => ({ ...CREDENTIALS, host_id: id }))),
    carriesOut(UpdateHost, ({ host: ref, name }) =>
      findHost(ref, (found) => Object.assign(found, { name: name ?? found.name })),
    ),
    carriesOut(RemoveHost, ({ host: ref }) => findHost(ref, () => ({}))),
    carriesOut(RefreshHost, ({ host: ref }) => findHost(ref, (found) => found)),
    carriesOut(RemoveVfsConfig, (payload) => findNic(payload, () => ({}))),
    carriesOut(UpdateVfsConfig, (payload) => {
      const { numOfVfs = 0 } = payload;
      if (numOfVfs >= 0 && numOfVfs <= CONFIG.max_num_of_vfs) return findNic(payload, () => update(payload));
      const detail = `enp5s0f0 can have 0 - ${CONFIG.max_num_of_vfs}, not ${numOfVfs}.`;
      return { ok: false, refusals: [refusal('ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE', detail)] };
    }),
    ...standInLists(carriesOut, findNic),
  ];

  function planOf({ numOfVfs }: { numOfVfs?: number | undefined }): VfsConfigPlan {
    const from = inventory.config.existing_num_of_vfs;
    const nothing = { mtu: null, vms: [], lost_networks: [], gained_networks: [], drain_steps: [], conflicts: [] };
    const to = numOfVfs ?? from;
    return { ...nothing, token: 'a.plan', changes: to !== from, from, to, steps: ['settle'], estimate_seconds: 1.5 };
  }

  function update({
    numOfVfs,
    allNetworksAllowed,
  }: {
    numOfVfs?: number | undefined;
    allNetworksAllowed?: boolean | undefined;
  }): VfsConfig {
    const { config } = inventory;
    version++;
    if (allNetworksAllowed !== undefined) inventory.config = { ...config, all_networks_allowed: allNetworksAllowed };
    if (numOfVfs === undefined || (numOfVfs === config.num_of_vfs && config.state === 'ready')) return inventory.config;
    outcomes.set(
      config.generation,
      outcomes.get(config.generation) ?? { state: 'superseded', by: config.generation + 1 },
    );
    inventory.config = {
      ...inventory.config,
      num_of_vfs: numOfVfs,
      generation: config.generation + 1,
      state: 'changing',
    };
    return inventory.config;
  }

  function hearing<Reply>(message: Message<unknown>, verdict: Verdict<Reply>): Verdict<Reply> {
    inventory.heard.push(message);
    return verdict;
  }

  function findHost<Reply>(ref: string, found: (host: Host) => Reply): Verdict<Reply> {
    const known = inventory.hosts.find(({ id, name }) => id === ref || name === ref);
    return known
      ? { ok: true, reply: found(known) }
      : { ok: false, refusals: [refusal('HOST_NOT_EXIST', `There is no host ${ref}.`)] };
  }

  function findNic<Reply>(
    { host: hostRef, nic: ref }: { host: string; nic: string },
    found: () => Reply,
  ): Verdict<Reply> {
    return ref === 'enp5s0f0'
      ? findHost(hostRef, found)
      : {
          ok: false,
          refusals: [refusal('HOST_NETWORK_INTERFACE_NOT_EXIST', `Host ${hostRef} has no interface ${ref}.`)],
        };
  }

  async function say(hostId: string): Promise<void> {
    await bus.publish(
      HostChanged,
      { hostId, change: 'reported', nics: ['enp5s0f0'] },
      {
        id: `fact-${++facts}`,
        correlationId: 'r1',
        actor: { kind: 'agent', name: hostId },
        sentAt: isoNow(clock),
        version,
      },
    );
  }

  return inventory;
}
