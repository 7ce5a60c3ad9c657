import type { Answer } from '@vfleet/bus/bus';
import { type AddVnicProfile, VnicProfileChanged } from '@vfleet/contracts/policy/vnic-profiles';
import { decideAndPut, fact } from '@vfleet/documents/decide-and-put';
import { decideAddVnicProfile } from '../core/decide-vnic-profile.ts';
import { vnicProfileNameTaken } from '../core/refuse-vnic-profile.ts';
import { vnicProfileView } from '../core/vnic-profile.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { readVnicProfileRelated } from '../reads/read-vnic-profile-related.ts';

export const addVnicProfile =
  (needs: Pick<OwnedCollections, 'networks' | 'qos' | 'vnicProfiles'>): Answer<typeof AddVnicProfile> =>
  (message) => {
    const { vnicProfileId, fields } = message.payload;
    return decideAndPut(
      needs.vnicProfiles,
      vnicProfileId,
      message,
      (stored, { payload }, _, { related, guards }) => {
        const decision = decideAddVnicProfile(payload, { ...related, holder: stored?.body });
        if (!decision.ok) return decision;
        const { profile, restsOn } = decision;
        return {
          ok: true,
          body: profile,
          reply: vnicProfileView(profile, related),
          facts: [fact(VnicProfileChanged, { vnicProfileId, change: 'added' })],
          restsOn: restsOn.flatMap((support) => guards[support]),
        };
      },
      {
        read: () => readVnicProfileRelated(needs, { id: vnicProfileId, fields, before: null }),
        onDuplicate: ({ holder }) => [vnicProfileNameTaken(fields.name, holder)],
      },
    );
  };
