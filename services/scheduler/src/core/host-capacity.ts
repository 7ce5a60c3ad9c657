import type { Host } from '@vfleet/contracts/vocabulary/host';
import type { HostFacts, NetworkFacts, PfBlock, PfFacts, VfPropertyName } from './host-facts.ts';
import { domainStartOf, pciRankOf } from './pci-rank.ts';
import { type Pool, type Pooled, pool } from './pool.ts';

/** Networks that a PF may serve or a host has; a network is in it by its id or by the label it carries. */
export type NetworkScope = { networkIds: ReadonlySet<string>; labels: ReadonlySet<string> };

/** What decides which vNICs a PF can serve and how good that is, its free VFs apart. `scope` null is every network. */
export type PfShape = {
  numaNode: number | null;
  mtu: number | null;
  scope: Pooled<NetworkScope> | null;
  unsupported: readonly VfPropertyName[];
};

/** Hosts of one shape differ in names, addresses and free VFs alone. PFs are in the order of their PCI addresses. */
export type HostShape = {
  attached: Pooled<NetworkScope>;
  pfs: readonly Pooled<PfShape>[];
  /** The card of each PF, numbered from 0. */
  cards: readonly number[];
};

/** A PF and how many of its VFs are free. */
export type PfCapacity = {
  id: string;
  name: string;
  pciRank: number;
  blocked: readonly PfBlock[];
  vfs: number;
  free: number;
  notFree: PfFacts['notFree'];
};

/**
 * The read model of a host for matching: under 2 KB with 4 PFs of 64 VFs. `free` are the routing ids (addresses without
 * their domain) of its free VFs, PF by PF and ascending on each: one array, for each costs 200 bytes beside its content.
 * A VF that shares its IOMMU group is never free, so each can be given out by itself, and those of one PF differ only
 * to a vNIC that is pinned to one.
 */
export type HostCapacity = {
  id: string;
  name: string;
  clusterId: string;
  status: Host['status'];
  shape: Pooled<HostShape>;
  pfs: readonly PfCapacity[];
  free: Uint16Array;
};

/** What the hosts of a fleet share: shapes, and whatever else is equal on many of them. */
export type Shapes = {
  scopes: Pool<NetworkScope>;
  pfs: Pool<PfShape>;
  hosts: Pool<HostShape>;
  notFree: Map<string, PfFacts['notFree']>;
  clusterIds: Map<string, string>;
};

const NONE: readonly never[] = [];

/** What is shared without being counted is forgotten at so many, and shared anew. */
const MOST_SHARED = 10_000;

export function newShapes(): Shapes {
  return { scopes: pool(), pfs: pool(), hosts: pool(), notFree: new Map(), clusterIds: new Map() };
}

/**
 * The read model of a host; what it takes from `shapes` is given back with `dropCapacity`. A blocked PF has no free VF,
 * whatever is told of its VFs. Throws on a VF in another PCI domain than its PF, before anything is taken.
 */
export function capacityOf(facts: HostFacts, shapes: Shapes): HostCapacity {
  const pfs = facts.pfs
    .map((pf) => ({ pf, pciRank: pciRankOf(pf.pciAddress) }))
    .sort((one, other) => one.pciRank - other.pciRank)
    .map(({ pf, pciRank }) => ({ pf, pciRank, routingIds: routingIdsOf(pf, pciRank) }));
  return {
    id: facts.id,
    name: facts.name,
    clusterId: shared(shapes.clusterIds, facts.clusterId, facts.clusterId),
    status: facts.status,
    shape: takeShape(
      facts.attached,
      pfs.map(({ pf }) => pf),
      shapes,
    ),
    pfs: pfs.map(({ pf: { id, name, blocked, vfs, notFree }, pciRank, routingIds }) => ({
      id,
      name,
      pciRank,
      blocked: blocked.length > 0 ? blocked : NONE,
      vfs,
      free: routingIds.length,
      notFree: notFree.length > 0 ? shared(shapes.notFree, JSON.stringify(notFree), notFree) : NONE,
    })),
    free: Uint16Array.from(pfs.flatMap(({ routingIds }) => routingIds)),
  };
}

/** Gives back what a host took from `shapes`; to be called once, when the host is replaced or gone. */
export function dropCapacity({ shape }: HostCapacity, shapes: Shapes): void {
  for (const pf of shape.pfs) {
    if (pf.scope !== null) shapes.scopes.drop(pf.scope);
    shapes.pfs.drop(pf);
  }
  shapes.scopes.drop(shape.attached);
  shapes.hosts.drop(shape);
}

/** Whether a network is in the scope: listed, or through its label. */
export function inScope(scope: NetworkScope, network: { id: string; label: string | null }): boolean {
  return scope.networkIds.has(network.id) || (network.label !== null && scope.labels.has(network.label));
}

/** The PCI ranks of the free VFs of a PF (by index), ascending. */
export function freeRanks({ pfs, free }: HostCapacity, index: number): number[] {
  const { pciRank, free: count } = pfs[index] as PfCapacity;
  const from = pfs.slice(0, index).reduce((sum, pf) => sum + pf.free, 0);
  return Array.from(free.subarray(from, from + count), (routingId) => domainStartOf(pciRank) + routingId);
}

function routingIdsOf({ pciAddress, blocked, freeVfs }: PfFacts, pciRank: number): number[] {
  if (blocked.length > 0) return [];
  const domain = domainStartOf(pciRank);
  return [...new Set(freeVfs)]
    .map((address) => {
      const routingId = pciRankOf(address) - domain;
      if (routingId >= 0 && routingId <= 0xff_ff) return routingId;
      throw new Error(`VF ${address} is not in the PCI domain of its PF ${pciAddress}`);
    })
    .sort((one, other) => one - other);
}

function takeShape(attached: NetworkFacts, pfs: readonly PfFacts[], shapes: Shapes): Pooled<HostShape> {
  const shape: HostShape = {
    attached: takeScope(attached, shapes),
    pfs: pfs.map((pf) => takePfShape(pf, shapes)),
    cards: numbered(pfs.map(({ card }) => card)),
  };
  const key = [shape.attached.id, ...shape.pfs.map(({ id }, index) => `${id}@${shape.cards[index]}`)].join(' ');
  return shapes.hosts.take(key, () => shape);
}

function takePfShape({ numaNode, mtu, allowed, unsupported }: PfFacts, shapes: Shapes): Pooled<PfShape> {
  const scope = allowed === 'all' ? null : takeScope(allowed, shapes);
  const shape: PfShape = { numaNode, mtu, scope, unsupported: [...unsupported].sort() };
  return shapes.pfs.take([numaNode, mtu, scope?.id, ...shape.unsupported].join(' '), () => shape);
}

function takeScope({ networkIds, labels }: NetworkFacts, shapes: Shapes): Pooled<NetworkScope> {
  const key = JSON.stringify([[...networkIds].sort(), [...labels].sort()]);
  return shapes.scopes.take(key, () => ({ networkIds: new Set(networkIds), labels: new Set(labels) }));
}

/** The first of equal values: a host keeps it instead of its own. */
function shared<Value>(known: Map<string, Value>, key: string, value: Value): Value {
  const first = known.get(key);
  if (first !== undefined) return first;
  if (known.size >= MOST_SHARED) known.clear();
  known.set(key, value);
  return value;
}

/** Each text as the place of its first appearance among the different ones. */
function numbered(texts: readonly string[]): number[] {
  const places = new Map<string, number>();
  return texts.map((text) => {
    const place = places.get(text) ?? places.size;
    places.set(text, place);
    return place;
  });
}
