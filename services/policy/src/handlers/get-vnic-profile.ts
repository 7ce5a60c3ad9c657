import type { Answer } from '@vfleet/bus/bus';
import type { GetVnicProfile } from '@vfleet/contracts/policy/vnic-profiles';
import type { OwnedCollections } from '../owned-collections.ts';
import { onVnicProfile } from '../reads/find-vnic-profile.ts';
import { showVnicProfiles } from '../reads/show-vnic-profiles.ts';

export const getVnicProfile =
  (needs: Pick<OwnedCollections, 'networks' | 'qos' | 'vnicProfiles'>): Answer<typeof GetVnicProfile> =>
  ({ payload: { vnicProfile } }) =>
    onVnicProfile(needs.vnicProfiles.documents, vnicProfile, async ({ body }) => {
      const show = await showVnicProfiles(needs, [body]);
      return { ok: true, reply: { resource: show(body), version: body.revision } };
    });
