import { z } from 'zod';
import { GetVfsConfig, RemoveVfsConfig, UpdateVfsConfig } from '../inventory.ts';
import { EntityRef } from '../vocabulary/ids.ts';
import { VfsConfig } from '../vocabulary/vfs-config.ts';
import { askRoute, nothing, resource } from './route.ts';

const OnVfsConfig = z.object({
  host: EntityRef.describe('Id or name of the host; an id wins.'),
  nic: EntityRef.describe('Id or name of the interface.'),
  vfsConfig: EntityRef.describe('Id of the VFs configuration, or the word vfsConfig.'),
});
const path = '/api/hosts/{host}/nics/{nic}/{vfsConfig}';
const vfsConfig = resource('VfsConfig', 'vfs_config', VfsConfig);

export const vfsConfigRoutes = {
  getVfsConfig: askRoute({
    method: 'GET',
    path,
    tag: 'vfs configs',
    summary: 'Show the VFs configuration of a physical function',
    params: OnVfsConfig,
    contract: GetVfsConfig,
    toRequest: ({ params }) => params,
    toAnswer: (read) => read,
    answer: vfsConfig,
  }),
  updateVfsConfig: askRoute({
    method: 'PUT',
    path,
    tag: 'vfs configs',
    summary: 'Set the number of virtual functions, and whether all networks are allowed',
    description:
      'A field that is absent stays as it is. A change of the number removes all virtual functions of the physical function and makes new ones, so none may be in use.',
    params: OnVfsConfig,
    body: z.object({
      num_of_vfs: z.int().optional().describe('From 0 to `max_num_of_vfs`.'),
      all_networks_allowed: z.boolean().optional().describe('True clears the lists of networks and labels.'),
    }),
    contract: UpdateVfsConfig,
    toRequest: ({ params, body, ifVersion }) => ({
      ...params,
      numOfVfs: body.num_of_vfs,
      allNetworksAllowed: body.all_networks_allowed,
      ifVersion,
    }),
    toAnswer: (updated) => ({ resource: updated }),
    answer: vfsConfig,
    ifMatch: true,
    waitsFor: 'generation',
  }),
  removeVfsConfig: askRoute({
    method: 'DELETE',
    path,
    tag: 'vfs configs',
    summary: 'Remove the VFs configuration of a physical function that is missing from its host',
    params: OnVfsConfig,
    contract: RemoveVfsConfig,
    toRequest: ({ params }) => params,
    toAnswer: () => ({ resource: undefined }),
    answer: nothing,
  }),
};
