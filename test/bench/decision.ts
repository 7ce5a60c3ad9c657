import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Bus } from '@vfleet/bus/bus';
import type { HostFacts } from '@vfleet/contracts/inventory-facts';
import type { ResolvedVm } from '@vfleet/contracts/policy/runs';
import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { explainInTurn } from '@vfleet/scheduler/explain-in-turn';
import { fleetOf } from '@vfleet/scheduler/fleet-of';
import { type FollowedHosts, followHosts } from '@vfleet/scheduler/follow-hosts';
import { type Filling, hostOf, seeded, VNICS, vmOf } from './decision-fleet.ts';
import { greedyByPolicy, greedyFirstFit } from './greedy.ts';
import { measureInTurn, median, percentile } from './measure.ts';
import type { Figure, Table } from './table.ts';

const ROUNDS = { rounds: 900, warmUp: 300 };
/** Of rivals that look at all hosts of a large fleet. */
const FEW = { rounds: 45, warmUp: 9 };

const SIZES = [100, 1_000, 10_000];
const FILLINGS: Record<Filling, string> = {
  mixed: 'VFs free on most hosts',
  full: 'VFs left on 1 host in 100',
  motley: 'no two hosts alike',
};

/** The choice of a host and of VFs for a VM with eight vNICs, over hosts with 256 VFs each; aim: p99 under 10 ms. */
export async function benchDecision(): Promise<Table> {
  const figures: Figure[] = [];
  const medians: string[] = [];
  for (const filling of Object.keys(FILLINGS) as Filling[]) {
    for (const size of SIZES) figures.push(...(await figuresOf(size, filling, medians)));
  }
  figures.push(await memoryOf(10_000));
  return {
    title: `Choosing a host for a VM with ${VNICS} vNICs, over hosts with 4 PFs of 64 VFs; aim: p99 under 10 ms`,
    figures,
    measured: 'measured',
    notes: [
      'The product decides exactly, by all three policies in turn, and sets the VFs aside. First fit looks at no policy; ' +
        'greedy by policy looks at every host. Both take the VFs of one vNIC after the other, and miss hosts that fit.',
      `Times are the 99th percentile of ${ROUNDS.rounds} decisions, those of greedy by policy of ${FEW.rounds}. The product's ` +
        `medians: ${medians.join(', ')}.`,
    ],
  };
}

async function figuresOf(size: number, filling: Filling, medians: string[]): Promise<Figure[]> {
  const facts = factsOf(size, filling);
  const { hosts, fleet } = await follow(facts);
  let [ours, first, byPolicy] = [0, 0, 0];
  const exact = async () => {
    const pick = await fleet.pick(vmOf(ours++, filling), { excluded: new Map() });
    if (pick.ok) pick.givenUp();
  };
  const greedy = (decide: (hosts: readonly HostFacts[], vm: ResolvedVm) => unknown, vm: ResolvedVm) =>
    decide(facts, vm);
  const fast = await measureInTurn({ exact, firstFit: () => greedy(greedyFirstFit, vmOf(first++, filling)) }, ROUNDS);
  const slow = await measureInTurn({ byPolicy: () => greedy(greedyByPolicy, vmOf(byPolicy++, filling)) }, FEW);
  await hosts.close();
  medians.push(`${median(fast.exact).toFixed(2)} ms (${size.toLocaleString('en')}, ${filling})`);
  const figure = {
    what: `p99, ${size.toLocaleString('en')} hosts, ${FILLINGS[filling]}`,
    value: percentile(fast.exact, 99),
    unit: 'ms',
  } as const;
  return [
    { ...figure, against: { what: 'greedy first fit', value: percentile(fast.firstFit, 99) } },
    { ...figure, against: { what: 'greedy by policy', value: percentile(slow.byPolicy, 99) } },
  ];
}

/** What a host takes in the memory of a scheduler, the read model with its index. */
async function memoryOf(size: number): Promise<Figure> {
  const collect = collector();
  const before = collect();
  const { hosts } = await follow(undefined, size);
  const after = collect();
  await hosts.close();
  return {
    what: `memory per host, ${size.toLocaleString('en')} hosts`,
    value: (after - before) / size / 1000,
    unit: 'KB',
    against: { what: 'aim', value: 2 },
  };
}

/** The scheduler's fleet, that has read these hosts; or so many, that are made as they are asked for. */
async function follow(facts: readonly HostFacts[] | undefined, size = facts?.length ?? 0) {
  const random = seeded(1);
  const factsAt = (at: number) => facts?.[at] ?? (JSON.parse(JSON.stringify(hostOf(at, 'mixed', random))) as HostFacts);
  const ask = async (_: unknown, { cursor, limit, ids }: { cursor?: string; limit: number; ids?: string[] }) => {
    if (ids) return { ok: true, reply: { items: facts?.filter(({ id }) => ids.includes(id)), next: null } };
    const from = Number(cursor ?? 0);
    const to = Math.min(from + limit, size);
    const items = Array.from({ length: to - from }, (_, n) => factsAt(from + n));
    return { ok: true, reply: { items, next: to < size ? String(to) : null } };
  };
  const bus = {
    ask: ask as unknown as Bus['ask'],
    follow: async (_: unknown, onSubscribed?: () => void) => {
      onSubscribed?.();
      return { close: async () => {} };
    },
  };
  const deps = { bus, clock: virtualClock(), log: silentLog, newId: () => 'id' };
  const hosts: FollowedHosts = await followHosts(deps);
  while (hosts.problems().length > 0) await new Promise((resolve) => setImmediate(resolve));
  const explain = explainInTurn({ pause: () => new Promise((resolve) => setImmediate(resolve)) });
  return { hosts, fleet: fleetOf({ ...deps, hosts, explain }) };
}

function factsOf(size: number, filling: Filling): HostFacts[] {
  const random = seeded(1);
  return Array.from({ length: size }, (_, number) => hostOf(number, filling, random));
}

/** Collects what nobody uses any more and tells how much is used. */
function collector(): () => number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return () => {
    for (let round = 0; round < 3; round++) collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
}
