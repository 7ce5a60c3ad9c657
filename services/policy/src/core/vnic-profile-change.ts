import { type LevelCode, levelsNeeded } from './cluster-level.ts';
import type { StoredVnicProfile } from './vnic-profile.ts';

/** A profile before and after a change that is yet to be judged. */
export type VnicProfileEdit = { before: StoredVnicProfile; after: StoredVnicProfile };

/** Whether vNICs of the profile would get a VF always, or no longer always: none can have the profile then. */
export function switchesEnabled({ before, after }: VnicProfileEdit): boolean {
  return (before.passThrough === 'enabled') !== (after.passThrough === 'enabled');
}

/** Whether vNICs of the profile would get a VF when one is free, or no longer: they keep the profile. */
export function switchesPreferred({ before, after }: VnicProfileEdit): boolean {
  return before.passThrough !== after.passThrough && !switchesEnabled({ before, after });
}

/** Whether a profile that never gave a VF would give one, always or when one is free. */
export function becomesPassthrough({ before, after }: VnicProfileEdit): boolean {
  return before.passThrough === 'disabled' && after.passThrough !== 'disabled';
}

/** What the change demands of the clusters of the profile's users that it did not demand before. */
export function levelsRaised({ before, after }: VnicProfileEdit): LevelCode[] {
  const needed = levelsNeeded({ interface: 'virtio' }, before);
  return levelsNeeded({ interface: 'virtio' }, after).filter((level) => !needed.includes(level));
}
