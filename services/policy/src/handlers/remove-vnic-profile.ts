import type { Answer } from '@vfleet/bus/bus';
import { type RemoveVnicProfile, VnicProfileChanged } from '@vfleet/contracts/policy/vnic-profiles';
import { decideAndPut, fact } from '@vfleet/documents/decide-and-put';
import { brokenVnicProfileRemovalRules } from '../core/decide-vnic-profile.ts';
import { ambiguousVnicProfile, noSuchVnicProfile } from '../core/refuse-vnic-profile.ts';
import { USERS_READ } from '../core/users-in-words.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { vnicProfilesKnownAs } from '../reads/find-vnic-profile.ts';

/** A redelivered removal by id finds its answer in the tombstone, so a profile that is gone is looked up by the id given. */
export const removeVnicProfile =
  ({ vnicProfiles, vms }: Pick<OwnedCollections, 'vnicProfiles' | 'vms'>): Answer<typeof RemoveVnicProfile> =>
  async (message) => {
    const { vnicProfile: ref } = message.payload;
    const [profile, ...namesakes] = await vnicProfilesKnownAs(vnicProfiles.documents, ref);
    if (profile && namesakes.length > 0)
      return {
        ok: false,
        refusals: [
          ambiguousVnicProfile(
            ref,
            [profile, ...namesakes].map(({ body }) => body),
          ),
        ],
      };
    const id = profile?.id ?? ref;
    return decideAndPut(
      vnicProfiles,
      id,
      message,
      (stored, { payload }, _, users) => {
        if (!stored) return { ok: false, refusals: [noSuchVnicProfile(ref)] };
        const refusals = brokenVnicProfileRemovalRules(stored.body, payload, users);
        if (refusals.length > 0) return { ok: false, refusals };
        const facts = [fact(VnicProfileChanged, { vnicProfileId: id, change: 'removed' })];
        return { ok: true, body: 'remove', reply: {}, facts };
      },
      {
        read: async () => ({
          users: (await vms.documents.find('profile', id, { limit: USERS_READ })).map(({ body }) => body),
          failoverOf: (await vnicProfiles.documents.find('failover', id, { limit: USERS_READ })).map(
            ({ body }) => body,
          ),
        }),
      },
    );
  };
