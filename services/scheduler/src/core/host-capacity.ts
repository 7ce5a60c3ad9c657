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

/**
 * The free VFs of a PF as routing ids (the address without its domain), ascending. A VF that shares its IOMMU group is
 * never free, so each can be given out by itself, and those of one PF differ only to a vNIC that is pinned to one.
 */
export type PfCapacity = {
  id: string;
  name: string;
  pciRank: number;
  blocked: readonly PfBlock[];
  vfs: number;
  free: Uint16Array;
  notFree: PfFacts['notFree'];
};

/** The read model of a host for matching: under 2 KB with 4 PFs of 64 VFs. `freeVfs` is the sum over its PFs. */
export type HostCapacity = {
  id: string;
  name: string;
  clusterId: string;
  status: Host['status'];
  shape: Pooled<HostShape>;
  pfs: readonly PfCapacity[];
  freeVfs: number;
};

/** What the hosts of a fleet share. */
export type Shapes = { scopes: Pool<NetworkScope>; pfs: Pool<PfShape>; hosts: Pool<HostShape> };

const NONE: readonly never[] = [];

export function newShapes(): Shapes {
  return { scopes: pool(), pfs: pool(), hosts: pool() };
}

/**
 * The read model of a host; what it takes from `shapes` is given back with `dropCapacity`. A blocked PF has no free VF,
 * whatever is told of its VFs. Throws on a VF in another PCI domain than its PF, before anything is taken.
 */
export function capacityOf(facts: HostFacts, shapes: Shapes): HostCapacity {
  const ordered = facts.pfs
    .map((pf) => ({ pf, capacity: pfCapacityOf(pf) }))
    .sort((one, other) => one.capacity.pciRank - other.capacity.pciRank);
  const pfs = ordered.map(({ capacity }) => capacity);
  return {
    id: facts.id,
    name: facts.name,
    clusterId: facts.clusterId,
    status: facts.status,
    shape: takeShape(
      facts.attached,
      ordered.map(({ pf }) => pf),
      shapes,
    ),
    pfs,
    freeVfs: pfs.reduce((sum, { free }) => sum + free.length, 0),
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

function pfCapacityOf({ id, name, pciAddress, blocked, vfs, freeVfs, notFree }: PfFacts): PfCapacity {
  const pciRank = pciRankOf(pciAddress);
  const domain = domainStartOf(pciRank);
  const free = blocked.length > 0 ? [] : [...new Set(freeVfs)].map((address) => pciRankOf(address) - domain);
  const strayed = free.findIndex((routingId) => routingId < 0 || routingId > 0xff_ff);
  if (strayed >= 0) throw new Error(`VF ${freeVfs[strayed]} is not in the PCI domain of its PF ${pciAddress}`);
  return {
    id,
    name,
    pciRank,
    blocked: blocked.length > 0 ? blocked : NONE,
    vfs,
    free: Uint16Array.from(free).sort(),
    notFree: notFree.length > 0 ? notFree : NONE,
  };
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

/** Each text as the place of its first appearance among the different ones. */
function numbered(texts: readonly string[]): number[] {
  const places = new Map<string, number>();
  return texts.map((text) => {
    const place = places.get(text) ?? places.size;
    places.set(text, place);
    return place;
  });
}
