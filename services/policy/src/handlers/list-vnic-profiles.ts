import type { Answer } from '@vfleet/bus/bus';
import type { ListVnicProfiles } from '@vfleet/contracts/policy/vnic-profiles';
import type { OwnedCollections } from '../owned-collections.ts';
import { listByName } from '../reads/list-by-name.ts';
import { showVnicProfiles } from '../reads/show-vnic-profiles.ts';

export const listVnicProfiles =
  (needs: Pick<OwnedCollections, 'networks' | 'qos' | 'vnicProfiles'>): Answer<typeof ListVnicProfiles> =>
  async ({ payload }) => {
    const { page, next } = await listByName(needs.vnicProfiles.documents, payload);
    const show = await showVnicProfiles(needs, page);
    return { ok: true, reply: { items: page.map(show), next } };
  };
