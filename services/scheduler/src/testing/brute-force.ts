import type { HostFacts, PfFacts } from '../core/host-facts.ts';
import { pciRankOf } from '../core/pci-rank.ts';
import type { VfDemand, VfWish } from '../core/vf-demand.ts';

/** The PCI address of each vNIC, null for its network's bridge. */
type Addresses = (string | null)[];
export type BruteFit = { score: number[]; addresses: Addresses };

/**
 * The best assignment of a small host by trying every one, from the words of docs/domain.md alone and with nothing of
 * the product's: what the product's decision is held against.
 */
export function bruteForce(host: HostFacts, demand: VfDemand): BruteFit | undefined {
  if (demand.networks.some(({ network }) => !host.attached.networkIds.includes(network.id))) return undefined;
  let best: BruteFit | undefined;
  for (const addresses of assignments(host, demand.wishes)) {
    const score = scoreOf(host, demand, addresses);
    if (best === undefined || isBetter({ score, addresses }, best)) best = { score, addresses };
  }
  return best;
}

/** The score of an assignment as it is, undefined when it is none: every VF once, each where it may be. */
export function scoreOfAddresses(host: HostFacts, demand: VfDemand, addresses: Addresses): number[] | undefined {
  const same = (other: Addresses) => other.every((address, index) => address === addresses[index]);
  return [...assignments(host, demand.wishes)].some(same) ? scoreOf(host, demand, addresses) : undefined;
}

function* assignments(host: HostFacts, wishes: readonly VfWish[], before: Addresses = []): Generator<Addresses> {
  const wish = wishes[before.length];
  if (wish === undefined) {
    yield before;
    return;
  }
  for (const pf of host.pfs) {
    if (!serves(pf, wish)) continue;
    for (const address of pf.freeVfs) {
      const pinned = wish.pin === null || (wish.pin.hostId === host.id && wish.pin.pciRank === pciRankOf(address));
      if (pinned && !before.includes(address)) yield* assignments(host, wishes, [...before, address]);
    }
  }
  if (!wish.must && host.attached.networkIds.includes(wish.network.id)) {
    yield* assignments(host, wishes, [...before, null]);
  }
}

function serves({ blocked, allowed, mtu, unsupported }: PfFacts, { network, properties }: VfWish): boolean {
  if (blocked.length > 0 || mtu === null || mtu < network.mtu) return false;
  if (properties.some((property) => unsupported.includes(property))) return false;
  if (allowed === 'all' || allowed.networkIds.includes(network.id)) return true;
  return network.label !== null && allowed.labels.includes(network.label);
}

function scoreOf({ pfs }: HostFacts, { policy, numaNode }: VfDemand, addresses: Addresses): number[] {
  const givers = addresses.flatMap((address) => pfs.find(({ freeVfs }) => freeVfs.includes(address ?? '')) ?? []);
  const near = givers.filter((pf) => numaNode !== null && pf.numaNode === numaNode).length;
  const left = pfs
    .filter(({ blocked }) => blocked.length === 0)
    .map((pf) => pf.freeVfs.length - givers.filter((giver) => giver === pf).length);
  const sum = left.reduce((total, free) => total + free, 0);
  const squares = left.reduce((total, free) => total + free * free, 0);
  const apart = [new Set(givers.map(({ card }) => card)).size, new Set(givers).size];
  const policies = { pack: [-sum, squares], spread: [sum, -squares], 'anti-affinity': apart };
  return [givers.length, near, ...policies[policy]];
}

function isBetter(one: BruteFit, other: BruteFit): boolean {
  const order = [...one.score.map((value, at) => value - (other.score[at] as number)), ...closer(one, other)];
  return (order.find((difference) => difference !== 0) ?? 0) > 0;
}

/** Positive where the first has the lower address; none comes last. */
function closer(one: BruteFit, other: BruteFit): number[] {
  const rank = (address: string | null | undefined) => (address ? pciRankOf(address) : Number.MAX_SAFE_INTEGER);
  return one.addresses.map((address, index) => rank(other.addresses[index]) - rank(address));
}
