import { z } from 'zod';
import { GetVfsConfig, RemoveVfsConfig, UpdateVfsConfig } from '../inventory.ts';
import { PlanVfsConfig } from '../inventory-plan.ts';
import { EntityRef } from '../vocabulary/ids.ts';
import { VfsConfig } from '../vocabulary/vfs-config.ts';
import { VfsConfigPlan } from '../vocabulary/vfs-config-plan.ts';
import { askRoute, nothing, resource } from './route.ts';

const OnVfsConfig = z.object({
  host: EntityRef.describe('Id or name of the host; an id wins.'),
  nic: EntityRef.describe('Id or name of the interface.'),
  vfsConfig: EntityRef.describe('Id of the VFs configuration, or the word vfsConfig.'),
});
const path = '/api/hosts/{host}/nics/{nic}/{vfsConfig}';
const vfsConfig = resource('VfsConfig', 'vfs_config', VfsConfig);

/** What may be wanted of a VFs configuration. */
const Wanted = z.object({
  num_of_vfs: z.int().optional().describe('From 0 to `max_num_of_vfs`.'),
  mtu: z
    .int()
    .nullable()
    .optional()
    .describe('MTU of the physical function, up to `max_mtu`; null leaves its own alone, as it is at first.'),
  all_networks_allowed: z.boolean().optional().describe('True clears the lists of networks and labels.'),
});

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
    summary:
      'Set the number of virtual functions, the MTU of the physical function, and whether all networks are allowed',
    description:
      'A field that is absent stays as it is. A change of the number removes all virtual functions of the physical function and makes new ones, so none may be in use; nor may one when the physical function gets another MTU.',
    params: OnVfsConfig,
    body: Wanted.extend({
      plan_token: z
        .string()
        .max(200)
        .optional()
        .describe('The token of a plan: refused when something has moved that the plan rests on.'),
    }),
    contract: UpdateVfsConfig,
    toRequest: ({ params, body, ifVersion }) => ({
      ...params,
      numOfVfs: body.num_of_vfs,
      mtu: body.mtu,
      allNetworksAllowed: body.all_networks_allowed,
      planToken: body.plan_token,
      ifVersion,
    }),
    toAnswer: (updated) => ({ resource: updated }),
    answer: vfsConfig,
    ifMatch: true,
    waitsFor: 'generation',
  }),
  planVfsConfig: askRoute({
    method: 'POST',
    path: `${path}/plan`,
    tag: 'vfs configs',
    summary: 'Tell what an update of the VFs configuration would do',
    description:
      'Changes nothing. Names the virtual machines and networks it would hit, what has to be done first, what the host would do and about how long it takes, and every rule that would refuse it now. PUT the `token` as `plan_token` to have the update refused when something has moved since.',
    params: OnVfsConfig,
    body: Wanted,
    bodyAs: { name: 'VfsConfigToPlan', root: 'vfs_config', optional: false },
    contract: PlanVfsConfig,
    toRequest: ({ params, body }) => ({
      ...params,
      numOfVfs: body.num_of_vfs,
      mtu: body.mtu,
      allNetworksAllowed: body.all_networks_allowed,
    }),
    toAnswer: (plan) => ({ resource: plan }),
    answer: resource('VfsConfigPlan', 'vfs_config_plan', VfsConfigPlan),
    dryRun: true,
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
