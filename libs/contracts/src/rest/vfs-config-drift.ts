import { z } from 'zod';
import { AcknowledgePcieErrors, AdoptVfsConfig, RepairVfsConfig } from '../inventory-health.ts';
import { EntityRef } from '../vocabulary/ids.ts';
import { VfsConfig } from '../vocabulary/vfs-config.ts';
import { askRoute, resource } from './route.ts';

const OnVfsConfig = z.object({
  host: EntityRef.describe('Id or name of the host; an id wins.'),
  nic: EntityRef.describe('Id or name of the interface.'),
  vfsConfig: EntityRef.describe('Id of the VFs configuration, or the word vfsConfig.'),
});
const path = '/api/hosts/{host}/nics/{nic}/{vfsConfig}';
const vfsConfig = resource('VfsConfig', 'vfs_config', VfsConfig);

/** What an administrator does about a PF that is not as it was wanted. */
export const vfsConfigDriftRoutes = {
  repairVfsConfig: askRoute({
    method: 'POST',
    path: `${path}/repair`,
    tag: 'vfs configs',
    summary: 'Make the number of virtual functions that is in force exist again',
    description:
      'For a configuration that shows `drift`. It removes all virtual functions of the physical function and makes new ones, so none may be in use. A plan for `num_of_vfs` of `drift.wanted` tells beforehand whom it hits.',
    params: OnVfsConfig,
    contract: RepairVfsConfig,
    toRequest: ({ params }) => params,
    toAnswer: (repaired) => ({ resource: repaired }),
    answer: vfsConfig,
    waitsFor: 'generation',
  }),
  adoptVfsConfig: askRoute({
    method: 'POST',
    path: `${path}/adopt`,
    tag: 'vfs configs',
    summary: 'Take the number of virtual functions that exists as the wanted one',
    description:
      'For a configuration that shows `drift`. It touches no virtual function; the host keeps the number for its next boot. Refused when the number has changed again meanwhile.',
    params: OnVfsConfig,
    contract: AdoptVfsConfig,
    toRequest: ({ params }) => params,
    toAnswer: (adopted) => ({ resource: adopted }),
    answer: vfsConfig,
    waitsFor: 'generation',
  }),
  acknowledgePcieErrors: askRoute({
    method: 'POST',
    path: `${path}/acknowledge`,
    tag: 'vfs configs',
    summary: 'Take the PCIe errors counted so far as dealt with',
    description:
      'After a repair: only later errors count against the health of the physical function. Counting begins anew at a boot of the host.',
    params: OnVfsConfig,
    contract: AcknowledgePcieErrors,
    toRequest: ({ params }) => params,
    toAnswer: (acknowledged) => ({ resource: acknowledged }),
    answer: vfsConfig,
  }),
};
