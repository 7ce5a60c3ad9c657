import { VnicInterface } from '@vfleet/contracts/vocabulary/vnic';
import { type Documents, guardOf, type Stored, type Write } from '@vfleet/documents/documents';
import type { StoredCluster } from '../core/cluster.ts';
import { hasLevel, type LevelCode } from '../core/cluster-level.ts';
import { USERS_READ } from '../core/users-in-words.ts';
import type { StoredVm } from '../core/vm.ts';
import {
  becomesPassthrough,
  levelsRaised,
  switchesEnabled,
  switchesPreferred,
  type VnicProfileEdit,
} from '../core/vnic-profile-change.ts';
import type { VnicProfileUsers } from '../core/vnic-profile-edit-rules.ts';
import { typeGoesWith } from '../core/vnic-rules.ts';
import { traitsBarredBy } from '../core/vnic-traits.ts';
import type { OwnedCollections } from '../owned-collections.ts';

const PAGE = 500;

type Reads = Pick<OwnedCollections, 'clusters' | 'vms' | 'vnicProfiles'>;

/**
 * Reads whom a change of a profile would hit, by the keys that tell just those, and the clusters that must have a level
 * from now on, with their guards. A change that hits nobody by its nature reads nothing.
 */
export async function readVnicProfileUsers(
  { clusters: { documents: clusters }, vms: { documents: vms }, vnicProfiles }: Reads,
  edit: VnicProfileEdit,
): Promise<{ users: VnicProfileUsers; guards: Write[] }> {
  const { id } = edit.before;
  const found = await Promise.all(lookups(edit).map(([key, value]) => vms.find(key, value, { limit: USERS_READ })));
  const levelled = await readClusters({ clusters, vms }, id, levelsRaised(edit));
  const users = new Map([...found.flat(), ...levelled.users].map((vm) => [vm.id, vm.body]));
  const failoverOf = becomesPassthrough(edit)
    ? await vnicProfiles.documents.find('failover', id, { limit: USERS_READ })
    : [];
  return {
    users: {
      users: [...users.values()],
      clusters: levelled.clusters.map(({ body }) => body),
      failoverOf: failoverOf.map(({ body }) => body),
    },
    guards: levelled.clusters.map((cluster) => guardOf(clusters, cluster)),
  };
}

/** The keys of VMs, with their values, that tell whose vNICs would not go with the profile any more. */
function lookups(edit: VnicProfileEdit): [key: string, value: string][] {
  const { id } = edit.before;
  if (switchesEnabled(edit)) return [['profile', id]];
  if (!switchesPreferred(edit)) return [];
  const types = VnicInterface.options.filter((type) => !typeGoesWith(type, edit.after));
  return [
    ...types.map((type): [string, string] => ['profileAsType', `${id} ${type}`]),
    ...traitsBarredBy(edit.after).map((trait): [string, string] => ['profileWithTrait', `${id} ${trait}`]),
  ];
}

/** The clusters in which VMs use the profile, and those users whose cluster lacks one of these levels. */
async function readClusters(
  { clusters, vms }: { clusters: Documents<StoredCluster>; vms: Documents<StoredVm> },
  profileId: string,
  levels: readonly LevelCode[],
): Promise<{ clusters: Stored<StoredCluster>[]; users: Stored<StoredVm>[] }> {
  if (levels.length === 0 || (await vms.find('profile', profileId, { limit: 1 })).length === 0)
    return { clusters: [], users: [] };
  const usersOf = async (cluster: Stored<StoredCluster>) => {
    const lacks = levels.some((level) => !hasLevel(cluster.body, level));
    const key = `${profileId} ${cluster.id}`;
    const users = await vms.find('profileInCluster', key, { limit: lacks ? USERS_READ : 1 });
    return { cluster, users, lacks };
  };
  const used = (await Promise.all((await readAll(clusters)).map(usersOf))).filter(({ users }) => users.length > 0);
  return {
    clusters: used.map(({ cluster }) => cluster),
    users: used.flatMap(({ users, lacks }) => (lacks ? users : [])),
  };
}

async function readAll<Body>(documents: Documents<Body>): Promise<Stored<Body>[]> {
  const all: Stored<Body>[] = [];
  for (;;) {
    const page = await documents.list({ limit: PAGE, after: all.at(-1)?.id });
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}
