import type { AddVnicProfile, RemoveVnicProfile, UpdateVnicProfile } from '@vfleet/contracts/policy/vnic-profiles';
import type { Refusal } from '@vfleet/contracts/refusals';
import { brokenRules } from '@vfleet/contracts/rules';
import type { NewVnicProfile, VnicProfileChange } from '@vfleet/contracts/vocabulary/vnic-profile';
import type { z } from 'zod';
import { revised } from './revised.ts';
import { idTaken } from './taken.ts';
import { changedVnicProfile, newVnicProfile, type StoredVnicProfile } from './vnic-profile.ts';
import { becomesPassthrough, levelsRaised } from './vnic-profile-change.ts';
import {
  VNIC_PROFILE_EDIT_RULES,
  VNIC_PROFILE_REMOVAL_RULES,
  type VnicProfileUsers,
} from './vnic-profile-edit-rules.ts';
import { type Sought, VNIC_PROFILE_RULES, type VnicProfileRelated } from './vnic-profile-rules.ts';

/** What a decision can rest on: it takes effect only while these are as they were when it was made. */
export type VnicProfileSupport = 'network' | 'qos' | 'failover' | 'clusters';

/** What a command on a profile comes to; `changed` is false when everything is so already. */
export type VnicProfileDecision =
  | { ok: false; refusals: Refusal[] }
  | { ok: true; profile: StoredVnicProfile; changed: boolean; restsOn: readonly VnicProfileSupport[] };

/**
 * Decides whether a profile is made. Pure: an accepted decision names the whole profile, and rests on all that it
 * refers to. `holder` is the profile that has the id.
 */
export function decideAddVnicProfile(
  { vnicProfileId, fields }: z.infer<typeof AddVnicProfile.request>,
  related: VnicProfileRelated & { holder: StoredVnicProfile | undefined },
): VnicProfileDecision {
  const profile = draftOfNew(vnicProfileId, fields, related);
  const refusals = [
    ...(related.holder ? [idTaken('vNIC profile', related.holder)] : []),
    ...brokenRules(VNIC_PROFILE_RULES, { ...related, profile, fields }),
  ];
  if (refusals.length > 0) return { ok: false, refusals };
  const restsOn: VnicProfileSupport[] = ['network'];
  if (profile.qosId !== null) restsOn.push('qos');
  if (profile.failoverId !== null) restsOn.push('failover');
  return { ok: true, profile, changed: true, restsOn };
}

/**
 * Decides a change of a profile. It rests on what it newly refers to; on its network when that must have no port
 * isolation from now on; on its users' clusters when they must have a level from now on.
 */
export function decideUpdateVnicProfile(
  before: StoredVnicProfile,
  { fields, ifVersion }: Pick<z.infer<typeof UpdateVnicProfile.request>, 'fields' | 'ifVersion'>,
  related: VnicProfileRelated & VnicProfileUsers,
): VnicProfileDecision {
  const after = draftOfChanged(before, fields, related);
  const refusals = [
    ...brokenRules(VNIC_PROFILE_EDIT_RULES, { ...related, before, after, ifVersion }),
    ...brokenRules(VNIC_PROFILE_RULES, { ...related, profile: after, fields }),
  ];
  if (refusals.length > 0) return { ok: false, refusals };
  const profile = revised(before, after);
  return { ok: true, profile: profile ?? before, changed: profile !== undefined, restsOn: supports({ before, after }) };
}

/** What refuses the removal of a profile. */
export function brokenVnicProfileRemovalRules(
  profile: StoredVnicProfile,
  { ifVersion }: Pick<z.infer<typeof RemoveVnicProfile.request>, 'ifVersion'>,
  users: Omit<VnicProfileUsers, 'clusters'>,
): Refusal[] {
  return brokenRules(VNIC_PROFILE_REMOVAL_RULES, { ...users, profile, ifVersion });
}

/** A profile as it would be after a change; where a reference finds nothing or too much, it stands for an id itself. */
export function draftOfChanged(
  before: StoredVnicProfile,
  fields: VnicProfileChange,
  { asked }: Pick<VnicProfileRelated, 'asked'>,
): StoredVnicProfile {
  return {
    ...changedVnicProfile(before, fields),
    qosId: fields.qos === undefined ? before.qosId : asked.qos && idOf(asked.qos),
    failoverId: fields.failover === undefined ? before.failoverId : asked.failover && idOf(asked.failover),
  };
}

/** A new profile as it would be, likewise. */
function draftOfNew(id: string, fields: NewVnicProfile, { asked }: VnicProfileRelated): StoredVnicProfile {
  if (asked.network === null) throw new Error(`a new vNIC profile ${id} without a network`);
  return newVnicProfile(id, fields, {
    networkId: idOf(asked.network),
    qosId: asked.qos && idOf(asked.qos),
    failoverId: asked.failover && idOf(asked.failover),
  });
}

function idOf({ ref, found }: Sought<{ id: string }>): string {
  return found.length === 1 ? (found[0]?.id ?? ref) : ref;
}

function supports({ before, after }: { before: StoredVnicProfile; after: StoredVnicProfile }): VnicProfileSupport[] {
  const restsOn: VnicProfileSupport[] = [];
  if (becomesPassthrough({ before, after })) restsOn.push('network');
  if (after.qosId !== null && after.qosId !== before.qosId) restsOn.push('qos');
  if (after.failoverId !== null && after.failoverId !== before.failoverId) restsOn.push('failover');
  if (levelsRaised({ before, after }).length > 0) restsOn.push('clusters');
  return restsOn;
}
