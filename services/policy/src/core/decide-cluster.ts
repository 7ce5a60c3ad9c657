import { nameKey } from '@vfleet/contracts/names';
import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import { brokenRules, type Rule } from '@vfleet/contracts/rules';
import type { ClusterChange } from '@vfleet/contracts/vocabulary/cluster';
import { changedCluster, type StoredCluster } from './cluster.ts';
import { hasLevel, LEVEL_CODES, type LevelCode } from './cluster-level.ts';
import { revised } from './revised.ts';
import { staleVersion } from './stale-version.ts';
import { idTaken, knownAs, refTaken } from './taken.ts';
import { usersInWords } from './users-in-words.ts';

/**
 * `namesake` is the id of another cluster that is known by the name asked for, and `needing` are the VMs with the vNICs
 * that need a level, for each level the change takes away.
 */
type UpdateSubject = {
  cluster: StoredCluster;
  fields: ClusterChange;
  ifVersion?: number | undefined;
  namesake: string | undefined;
  needing: ReadonlyMap<LevelCode, readonly string[]>;
};

/** `vms` and `hosts` are the names of those in the cluster. */
type RemovalSubject = {
  cluster: StoredCluster;
  ifVersion?: number | undefined;
  vms: readonly string[];
  hosts: readonly string[];
};

const UPDATE_RULES: Rule<UpdateSubject>[] = [
  { code: 'PRECONDITION_FAILED', detail: stale },
  {
    code: 'CLUSTER_NAME_IN_USE',
    detail: ({ fields: { name }, namesake }) =>
      name === undefined || namesake === undefined ? undefined : knownAs('cluster', { name, holder: namesake }),
  },
  ...LEVEL_CODES.map((code) => ({
    code,
    detail: ({ cluster, fields, needing }: UpdateSubject) => {
      const users = needing.get(code) ?? [];
      return users.length === 0
        ? undefined
        : `The compatibility version of the cluster ${cluster.name} cannot be ${fields.compatibility_version} while vNICs need more: ${usersInWords(users)}.`;
    },
  })),
];

const REMOVAL_RULES: Rule<RemovalSubject>[] = [
  { code: 'PRECONDITION_FAILED', detail: stale },
  {
    code: 'CLUSTER_IN_USE',
    detail: ({ cluster, vms, hosts }) => {
      const users = [
        ...(vms.length > 0 ? [`the virtual machines ${usersInWords(vms)}`] : []),
        ...(hosts.length > 0 ? [`the hosts ${usersInWords(hosts)}`] : []),
      ];
      return users.length === 0 ? undefined : `In the cluster ${cluster.name} are ${users.join(' and ')}.`;
    },
  },
];

/** Every reason not to make a cluster; `holder` is the one that has its id, `namesake` the id of one that has its name. */
export function clusterAdditionRefusals(
  { id, name }: StoredCluster,
  { holder, namesake }: { holder: StoredCluster | undefined; namesake: string | undefined },
): Refusal[] {
  return [
    ...(holder ? [idTaken('cluster', holder)] : []),
    ...(namesake === undefined ? [] : [clusterTaken({ id, name }, { value: nameKey(name), holder: namesake })]),
  ];
}

/** Decides a change of a cluster; `cluster` is undefined when it leaves everything as it is. */
export function decideUpdateCluster(
  subject: UpdateSubject,
): { ok: true; cluster: StoredCluster | undefined } | { ok: false; refusals: Refusal[] } {
  const refusals = brokenRules(UPDATE_RULES, subject);
  if (refusals.length > 0) return { ok: false, refusals };
  return { ok: true, cluster: revised(subject.cluster, changedCluster(subject.cluster, subject.fields)) };
}

/** The levels a cluster has and would have no more. */
export function levelsLost(cluster: StoredCluster, fields: ClusterChange): LevelCode[] {
  const changed = changedCluster(cluster, fields);
  return LEVEL_CODES.filter((level) => hasLevel(cluster, level) && !hasLevel(changed, level));
}

/** Every reason not to remove a cluster. */
export function clusterRemovalRefusals(subject: RemovalSubject): Refusal[] {
  return brokenRules(REMOVAL_RULES, subject);
}

export function noSuchCluster(ref: string): Refusal {
  return refusal('CLUSTER_NOT_EXIST', `No cluster has the id or the name ${ref}.`);
}

/** The refusal of a cluster's name or id that another one is known by. */
export function clusterTaken(
  { id, name }: { id: string; name: string },
  duplicate: { value: string; holder: string },
): Refusal {
  return refTaken({ noun: 'cluster', nameInUse: 'CLUSTER_NAME_IN_USE', id, name }, duplicate);
}

function stale({ cluster, ifVersion }: { cluster: StoredCluster; ifVersion?: number | undefined }): string | undefined {
  return staleVersion(`cluster ${cluster.name}`, cluster, ifVersion);
}
