import { type LevelCode, levelsNeeded } from './cluster-level.ts';
import { usersInWords } from './users-in-words.ts';
import type { StoredVm, StoredVnic } from './vm.ts';
import type { StoredVnicProfile } from './vnic-profile.ts';

/** A VM and its vNICs that need a level of its cluster, such as `vm-1 (nic1, nic2)`; undefined when none of them does. */
export function levelNeed(
  { name, nics }: StoredVm,
  level: LevelCode,
  profiles: ReadonlyMap<string, StoredVnicProfile>,
): string | undefined {
  const profileOf = ({ profileId }: StoredVnic) => (profileId === null ? null : (profiles.get(profileId) ?? null));
  const needing = nics.filter((nic) => levelsNeeded(nic, profileOf(nic)).includes(level));
  return needing.length === 0 ? undefined : `${name} (${usersInWords(needing.map((nic) => nic.name))})`;
}
