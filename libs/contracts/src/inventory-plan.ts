import { z } from 'zod';
import { command, query } from './define.ts';
import { Host } from './vocabulary/host.ts';
import { EntityRef } from './vocabulary/ids.ts';
import { VfsConfigPlan } from './vocabulary/vfs-config-plan.ts';

const byHost = ({ host }: { host: string }) => host;

/**
 * What an update of a VfsConfig would do, changing nothing. Broken rules are its conflicts, not refusals: a plan is
 * also for what cannot be done yet. Its token is that of the world it was made in.
 */
export const PlanVfsConfig = query('inventory.plan-vfs-config', {
  request: z.object({
    host: EntityRef,
    nic: EntityRef,
    vfsConfig: EntityRef.default('vfsConfig'),
    numOfVfs: z.int().optional(),
    mtu: z.int().nullable().optional(),
    allNetworksAllowed: z.boolean().optional(),
  }),
  reply: VfsConfigPlan,
  refusals: [
    'HOST_NOT_EXIST',
    'HOST_NETWORK_INTERFACE_NOT_EXIST',
    'VFS_CONFIG_NOT_EXIST',
    'ACTION_TYPE_FAILED_NIC_IS_NOT_SRIOV_ENABLED',
  ],
  keyOf: byHost,
});

/** Takes a host out of scheduling, or back in. VMs that run there go on. Done alike when it is so already. */
export const SetMaintenance = command('inventory.set-maintenance', {
  request: z.object({ host: EntityRef, maintenance: z.boolean() }),
  reply: Host,
  refusals: ['HOST_NOT_EXIST'],
  keyOf: byHost,
});
