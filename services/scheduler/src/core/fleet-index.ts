import { capacityOf, dropCapacity, type HostCapacity, type HostShape, newShapes } from './host-capacity.ts';
import type { HostFacts } from './host-facts.ts';
import { placeIn } from './place-in.ts';
import type { FreeVf } from './placing-on-host.ts';
import type { Pooled } from './pool.ts';
import { withoutVfs, withVfs } from './withheld-vfs.ts';

/**
 * Hosts of one cluster that are up, of one shape and with the same number of free VFs on each PF (`free`, `total` over
 * all): to a vNIC that is not pinned they differ in their names alone, by which `hosts` are ordered.
 */
export type HostGroup = {
  shape: Pooled<HostShape>;
  free: readonly number[];
  total: number;
  hosts: readonly HostCapacity[];
};

/** All hosts of a cluster that are up and of one shape, in the order of their names. */
export type ShapeHosts = { shape: Pooled<HostShape>; hosts: readonly HostCapacity[] };

/** The hosts of a cluster that are up: groups by their total, with `totals` ascending, and hosts by their shape's id. */
export type ClusterGroups = {
  totals: readonly number[];
  byTotal: ReadonlyMap<number, ReadonlyMap<string, HostGroup>>;
  byShape: ReadonlyMap<number, ShapeHosts>;
};

/**
 * The hosts of a fleet, kept so that the best ones are found without looking at each. A change of one host costs steps
 * by the number of its PFs, the logarithm of the hosts, and moves within three sorted lists.
 */
export type FleetIndex = {
  /** Takes a host in, or its newer state. A host that cannot be taken in (throws) stays as it was. */
  put(facts: HostFacts): void;
  remove(hostId: string): void;
  /** Takes VFs (PCI ranks) out of the free ones of a host, until they are restored or the host is put; those it took. */
  withhold(hostId: string, ranks: ReadonlySet<number>): FreeVf[];
  /** Gives a host VFs back that were withheld since it was put. */
  restore(hostId: string, vfs: readonly FreeVf[]): void;
  host(hostId: string): HostCapacity | undefined;
  /** All hosts, up or not, of every cluster. */
  hosts(): Iterable<HostCapacity>;
  groupsOf(clusterId: string): ClusterGroups;
};

type Group = HostGroup & { hosts: HostCapacity[] };
type Cluster = {
  totals: number[];
  byTotal: Map<number, Map<string, Group>>;
  byShape: Map<number, ShapeHosts & { hosts: HostCapacity[] }>;
};

/** An index of no hosts. */
export function fleetIndex(): FleetIndex {
  const shapes = newShapes();
  const hosts = new Map<string, HostCapacity>();
  const clusters = new Map<string, Cluster>();

  function remove(hostId: string): void {
    const host = hosts.get(hostId);
    if (host === undefined) return;
    hosts.delete(hostId);
    leaveGroups(host);
    dropCapacity(host, shapes);
  }

  function joinGroups(host: HostCapacity): void {
    if (host.status !== 'up') return;
    const cluster = clusters.get(host.clusterId) ?? noHosts();
    clusters.set(host.clusterId, cluster);
    join(cluster, host);
  }

  function leaveGroups(host: HostCapacity): void {
    const cluster = clusters.get(host.clusterId);
    if (cluster !== undefined && host.status === 'up') leave(cluster, host);
    if (cluster?.totals.length === 0) clusters.delete(host.clusterId);
  }

  function replace(before: HostCapacity, after: HostCapacity): void {
    leaveGroups(before);
    hosts.set(after.id, after);
    joinGroups(after);
  }

  return {
    put(facts) {
      const host = capacityOf(facts, shapes);
      remove(host.id);
      hosts.set(host.id, host);
      joinGroups(host);
    },
    remove,
    withhold(hostId, ranks) {
      const host = hosts.get(hostId);
      if (host === undefined || ranks.size === 0) return [];
      const { host: without, vfs } = withoutVfs(host, ranks);
      if (vfs.length > 0) replace(host, without);
      return vfs;
    },
    restore(hostId, vfs) {
      const host = hosts.get(hostId);
      if (host !== undefined && vfs.length > 0) replace(host, withVfs(host, vfs));
    },
    host: (hostId) => hosts.get(hostId),
    hosts: () => hosts.values(),
    groupsOf: (clusterId) => clusters.get(clusterId) ?? noHosts(),
  };
}

function noHosts(): Cluster {
  return { totals: [], byTotal: new Map(), byShape: new Map() };
}

function join(cluster: Cluster, host: HostCapacity): void {
  const key = groupKeyOf(host);
  const groups = cluster.byTotal.get(host.free.length) ?? new Map<string, Group>();
  if (groups.size === 0) {
    cluster.byTotal.set(host.free.length, groups);
    const { totals } = cluster;
    totals.splice(
      placeIn(totals, (total) => total - host.free.length),
      0,
      host.free.length,
    );
  }
  const group = groups.get(key) ?? newGroup(host);
  groups.set(key, group);
  group.hosts.splice(placeOf(group, host), 0, host);
  const alike = cluster.byShape.get(host.shape.id) ?? { shape: host.shape, hosts: [] };
  cluster.byShape.set(host.shape.id, alike);
  alike.hosts.splice(placeOf(alike, host), 0, host);
}

function leave(cluster: Cluster, host: HostCapacity): void {
  const key = groupKeyOf(host);
  const groups = cluster.byTotal.get(host.free.length);
  const group = groups?.get(key);
  const alike = cluster.byShape.get(host.shape.id);
  if (!groups || !group || !alike) throw new Error(`host ${host.name} is in no group`);
  alike.hosts.splice(placeOf(alike, host), 1);
  if (alike.hosts.length === 0) cluster.byShape.delete(host.shape.id);
  group.hosts.splice(placeOf(group, host), 1);
  if (group.hosts.length > 0) return;
  groups.delete(key);
  if (groups.size > 0) return;
  cluster.byTotal.delete(host.free.length);
  const { totals } = cluster;
  totals.splice(
    placeIn(totals, (total) => total - host.free.length),
    1,
  );
}

function newGroup({ shape, pfs, free }: HostCapacity): Group {
  return { shape, free: pfs.map((pf) => pf.free), total: free.length, hosts: [] };
}

function groupKeyOf({ shape, pfs }: HostCapacity): string {
  return `${shape.id}:${pfs.map(({ free }) => free).join()}`;
}

function placeOf({ hosts }: Pick<Group, 'hosts'>, host: HostCapacity): number {
  return placeIn(hosts, (other) => compareNames(other, host));
}

/** Hosts in the order of their names, then ids: the same everywhere, whatever the language of the machine. */
export function compareNames(one: Pick<HostCapacity, 'id' | 'name'>, other: Pick<HostCapacity, 'id' | 'name'>): number {
  if (one.name !== other.name) return one.name < other.name ? -1 : 1;
  return one.id === other.id ? 0 : one.id < other.id ? -1 : 1;
}
