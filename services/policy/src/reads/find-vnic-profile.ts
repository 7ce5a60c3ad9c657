import type { Verdict } from '@vfleet/contracts/define';
import { nameKey } from '@vfleet/contracts/names';
import type { Refusal } from '@vfleet/contracts/refusals';
import type { Documents, Stored } from '@vfleet/documents/documents';
import { ambiguousVnicProfile, noSuchVnicProfile } from '../core/refuse-vnic-profile.ts';
import { USERS_READ } from '../core/users-in-words.ts';
import type { StoredVnicProfile } from '../core/vnic-profile.ts';

/** The profile that a reference means, or the refusal of the reference. */
export type FoundVnicProfile = { ok: true; profile: Stored<StoredVnicProfile> } | { ok: false; refusals: Refusal[] };

/** Finds a profile by its id, or by a name that the profile of one network alone has; an id wins. */
export async function findVnicProfile(profiles: Documents<StoredVnicProfile>, ref: string): Promise<FoundVnicProfile> {
  const [profile, ...namesakes] = await vnicProfilesKnownAs(profiles, ref);
  if (!profile) return { ok: false, refusals: [noSuchVnicProfile(ref)] };
  if (namesakes.length === 0) return { ok: true, profile };
  return {
    ok: false,
    refusals: [
      ambiguousVnicProfile(
        ref,
        [profile, ...namesakes].map(({ body }) => body),
      ),
    ],
  };
}

/** The profiles that a reference may mean: the one with this id, else those with this name, at most one more than are told. */
export async function vnicProfilesKnownAs(
  profiles: Documents<StoredVnicProfile>,
  ref: string,
): Promise<Stored<StoredVnicProfile>[]> {
  const byId = await profiles.get(ref);
  return byId ? [byId] : profiles.find('ref', nameKey(ref), { limit: USERS_READ });
}

/** Does something with the profile that `ref` means, or refuses the reference. */
export async function onVnicProfile<Reply>(
  profiles: Documents<StoredVnicProfile>,
  ref: string,
  then: (profile: Stored<StoredVnicProfile>) => Verdict<Reply> | Promise<Verdict<Reply>>,
): Promise<Verdict<Reply>> {
  const found = await findVnicProfile(profiles, ref);
  return found.ok ? then(found.profile) : found;
}
