import type { Answer } from '@vfleet/bus/bus';
import { type UpdateVnicProfile, VnicProfileChanged } from '@vfleet/contracts/policy/vnic-profiles';
import type { VnicProfileChange } from '@vfleet/contracts/vocabulary/vnic-profile';
import { decideAndPut, fact } from '@vfleet/documents/decide-and-put';
import type { Stored } from '@vfleet/documents/documents';
import { decideUpdateVnicProfile, draftOfChanged } from '../core/decide-vnic-profile.ts';
import { noSuchVnicProfile, vnicProfileNameTaken } from '../core/refuse-vnic-profile.ts';
import { type StoredVnicProfile, vnicProfileView } from '../core/vnic-profile.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { onVnicProfile } from '../reads/find-vnic-profile.ts';
import { readVnicProfileRelated } from '../reads/read-vnic-profile-related.ts';
import { readVnicProfileUsers } from '../reads/read-vnic-profile-users.ts';

export const updateVnicProfile =
  (needs: OwnedCollections): Answer<typeof UpdateVnicProfile> =>
  (message) => {
    const { vnicProfile: ref, fields } = message.payload;
    return onVnicProfile(needs.vnicProfiles.documents, ref, ({ id }) =>
      decideAndPut(
        needs.vnicProfiles,
        id,
        message,
        (stored, { payload }, _, reads) => {
          if (!stored || !reads) return { ok: false, refusals: [noSuchVnicProfile(ref)] };
          const decision = decideUpdateVnicProfile(stored.body, payload, { ...reads.related, ...reads.users });
          if (!decision.ok) return decision;
          const { profile, changed, restsOn } = decision;
          const reply = vnicProfileView(profile, reads.related);
          if (!changed) return { ok: true, body: 'unchanged', reply };
          return {
            ok: true,
            body: profile,
            reply,
            facts: [fact(VnicProfileChanged, { vnicProfileId: id, change: 'updated' })],
            restsOn: restsOn.flatMap((support) => reads.guards[support]),
          };
        },
        {
          read: async (stored: Stored<StoredVnicProfile> | undefined) =>
            stored && readAround(needs, stored.body, fields),
          onDuplicate: ({ holder }) => [vnicProfileNameTaken(fields.name ?? ref, holder)],
        },
      ),
    );
  };

/** What the change names first, for that tells whom it hits. */
async function readAround(needs: OwnedCollections, before: StoredVnicProfile, fields: VnicProfileChange) {
  const { related, guards } = await readVnicProfileRelated(needs, { id: before.id, fields, before });
  const after = draftOfChanged(before, fields, related);
  const { users, guards: clusters } = await readVnicProfileUsers(needs, { before, after });
  return { related, users, guards: { ...guards, clusters } };
}
