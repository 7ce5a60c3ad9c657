import { z } from 'zod';
import {
  AddVnicProfile,
  GetVnicProfile,
  ListVnicProfiles,
  RemoveVnicProfile,
  UpdateVnicProfile,
} from '../policy/vnic-profiles.ts';
import { EntityId, EntityRef } from '../vocabulary/ids.ts';
import { NewVnicProfile, VnicProfile, VnicProfileChange } from '../vocabulary/vnic-profile.ts';
import { listOf, NamedPageQuery } from './page.ts';
import { askRoute, nothing, resource } from './route.ts';

const OnVnicProfile = z.object({
  vnicProfile: EntityRef.describe('Id of the profile, or its name when only one network has a profile of that name.'),
});
const vnicProfile = resource('VnicProfile', 'vnic_profile', VnicProfile);

export const vnicProfileRoutes = {
  listVnicProfiles: askRoute({
    method: 'GET',
    path: '/api/vnicprofiles',
    tag: 'vnic profiles',
    summary: 'List the vNIC profiles, in the order of their names',
    params: z.object({}),
    query: NamedPageQuery,
    contract: ListVnicProfiles,
    toRequest: ({ query }) => query,
    toAnswer: (page) => ({ resource: page }),
    answer: listOf('VnicProfileList', 'vnic_profiles', 'vnic_profile', VnicProfile),
  }),
  addVnicProfile: askRoute({
    method: 'POST',
    path: '/api/vnicprofiles',
    tag: 'vnic profiles',
    summary: 'Add a vNIC profile',
    params: z.object({}),
    body: NewVnicProfile.extend({ id: EntityId.optional() }),
    contract: AddVnicProfile,
    toRequest: ({ body: { id, ...fields }, newEntityId }) => ({ vnicProfileId: id ?? newEntityId, fields }),
    toAnswer: (added) => ({ resource: added }),
    answer: vnicProfile,
    locationOf: ({ id }) => `/api/vnicprofiles/${id}`,
  }),
  getVnicProfile: askRoute({
    method: 'GET',
    path: '/api/vnicprofiles/{vnicProfile}',
    tag: 'vnic profiles',
    summary: 'Show a vNIC profile',
    params: OnVnicProfile,
    contract: GetVnicProfile,
    toRequest: ({ params }) => params,
    toAnswer: (read) => read,
    answer: vnicProfile,
  }),
  updateVnicProfile: askRoute({
    method: 'PUT',
    path: '/api/vnicprofiles/{vnicProfile}',
    tag: 'vnic profiles',
    summary: 'Change a vNIC profile',
    description: 'A field that is absent stays as it is; null takes away.',
    params: OnVnicProfile,
    body: VnicProfileChange,
    contract: UpdateVnicProfile,
    toRequest: ({ params, body, ifVersion }) => ({ ...params, fields: body, ifVersion }),
    toAnswer: (updated) => ({ resource: updated }),
    answer: vnicProfile,
    ifMatch: true,
  }),
  removeVnicProfile: askRoute({
    method: 'DELETE',
    path: '/api/vnicprofiles/{vnicProfile}',
    tag: 'vnic profiles',
    summary: 'Remove a vNIC profile',
    description: 'Refused while a vNIC uses it, or another profile as its failover.',
    params: OnVnicProfile,
    contract: RemoveVnicProfile,
    toRequest: ({ params, ifVersion }) => ({ ...params, ifVersion }),
    toAnswer: () => ({ resource: undefined }),
    answer: nothing,
    ifMatch: true,
  }),
};
