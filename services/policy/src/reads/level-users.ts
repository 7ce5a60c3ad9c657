import type { Documents, Stored } from '@vfleet/documents/documents';
import type { LevelCode } from '../core/cluster-level.ts';
import { levelNeed } from '../core/level-need.ts';
import { USERS_READ } from '../core/users-in-words.ts';
import type { StoredVm } from '../core/vm.ts';
import type { StoredVnicProfile } from '../core/vnic-profile.ts';
import { readEach } from './read-each.ts';

const PAGE = 500;

type Reads = { vms: Documents<StoredVm>; vnicProfiles: Documents<StoredVnicProfile> };

/**
 * The VMs of a cluster with the vNICs that need each of these levels, in words, as many of each as are told. Reads
 * every VM of the cluster while too few need one: only a change that takes a level away asks.
 */
export async function levelUsers(
  { vms, vnicProfiles }: Reads,
  clusterId: string,
  levels: readonly LevelCode[],
): Promise<Map<LevelCode, string[]>> {
  const users = new Map(levels.map((level): [LevelCode, string[]] => [level, []]));
  const profiles = new Map<string, StoredVnicProfile>();
  let after: string | undefined;

  while ([...users.values()].some((needs) => needs.length < USERS_READ)) {
    const page = await vms.find('cluster', clusterId, { limit: PAGE, after });
    await readProfiles(vnicProfiles, page, profiles);
    for (const [level, needs] of users) {
      const found = page.flatMap(({ body }) => levelNeed(body, level, profiles) ?? []);
      needs.push(...found.slice(0, USERS_READ - needs.length));
    }
    if (page.length < PAGE) break;
    after = page.at(-1)?.id;
  }
  return users;
}

/** Reads into `known` the profiles of these VMs' vNICs that are not in it. */
async function readProfiles(
  vnicProfiles: Documents<StoredVnicProfile>,
  vms: readonly Stored<StoredVm>[],
  known: Map<string, StoredVnicProfile>,
): Promise<void> {
  const ids = vms.flatMap(({ body }) => body.nics.flatMap(({ profileId }) => profileId ?? []));
  const read = await readEach(
    vnicProfiles,
    ids.filter((id) => !known.has(id)),
  );
  for (const { id, body } of read) known.set(id, body);
}
