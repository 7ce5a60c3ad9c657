import { z } from 'zod';
import { command, event, query } from '../define.ts';
import { AuditNote } from '../vocabulary/audit.ts';
import { ClaimRef } from '../vocabulary/claim.ts';
import { EntityId, EntityRef } from '../vocabulary/ids.ts';
import { Operation, VmRuntime } from '../vocabulary/operation.ts';
import { MAX_PAGE } from '../vocabulary/page.ts';
import { Schedule } from '../vocabulary/schedule.ts';

/** `vm`, `vnic` and `host` are ids or names; an id wins. The id of the command is the operation's. */
const OnVm = z.object({ vm: EntityRef });
const OnVnic = OnVm.extend({ vnic: EntityRef });
const byVm = ({ vm }: { vm: string }) => vm;

/** Begins an operation: the reply follows the durable intent, not the end of it (`GetOperation` tells that). */
const begins = { reply: Operation, keyOf: byVm };

/** Starts a VM on the best host, or on `host`. A host that fails is cleaned and the next one tried. */
export const RunVm = command('scheduler.run-vm', {
  ...begins,
  request: OnVm.extend({ host: EntityRef.optional() }),
  refusals: ['VM_NOT_EXIST', 'HOST_NOT_EXIST', 'VM_IS_RUNNING', 'VM_IS_BUSY', 'SCHEDULING_ALL_HOSTS_FILTERED_OUT'],
});

/** Stops a VM, `force` without asking its guest. A start under way is given up. One that is down is answered as done. */
export const StopVm = command('scheduler.stop-vm', {
  ...begins,
  request: OnVm.extend({ force: z.boolean().default(false) }),
  refusals: ['VM_NOT_EXIST', 'VM_IS_NOT_RUNNING'],
});

/** Moves a VM to the best other host, or to `host`: claims there first, plugs back at the source when it fails. */
export const MigrateVm = command('scheduler.migrate-vm', {
  ...begins,
  request: OnVm.extend({ host: EntityRef.optional() }),
  refusals: [
    'VM_NOT_EXIST',
    'HOST_NOT_EXIST',
    'VM_IS_NOT_RUNNING',
    'VM_IS_BUSY',
    'VNICS_NOT_MIGRATABLE',
    'SCHEDULING_ALL_HOSTS_FILTERED_OUT',
  ],
});

/** Plugs a vNIC: into the running VM with a VF of its host, or by its flag alone when the VM is down. */
export const PlugVnic = command('scheduler.plug-vnic', {
  ...begins,
  request: OnVnic,
  refusals: [
    'VM_NOT_EXIST',
    'VNIC_NOT_EXIST',
    'VM_IS_BUSY',
    'PINNED_VFS_CONTRADICT',
    'CANNOT_PLUG_PASSTHROUGH_VNIC_NO_SUITABLE_VF',
  ],
});

export const UnplugVnic = command('scheduler.unplug-vnic', {
  ...begins,
  request: OnVnic,
  refusals: ['VM_NOT_EXIST', 'VNIC_NOT_EXIST', 'VM_IS_BUSY'],
});

/** Gives a degraded vNIC of a running VM a VF. */
export const UpgradeVnic = command('scheduler.upgrade-vnic', {
  ...begins,
  request: OnVnic,
  refusals: [
    'VM_NOT_EXIST',
    'VNIC_NOT_EXIST',
    'VM_IS_NOT_RUNNING',
    'VM_IS_BUSY',
    'VNIC_IS_NOT_DEGRADED',
    'CANNOT_PLUG_PASSTHROUGH_VNIC_NO_SUITABLE_VF',
  ],
});

/** Which hosts fit a VM as it is now, and why the others do not; changes nothing. */
export const ScheduleVm = query('scheduler.schedule-vm', {
  request: OnVm.extend({ limit: z.int().min(1).max(100).default(10) }),
  reply: Schedule,
  refusals: ['VM_NOT_EXIST'],
  keyOf: byVm,
});

export const GetOperation = query('scheduler.get-operation', {
  request: z.object({ operationId: z.string().min(1).max(200) }),
  reply: Operation,
  refusals: ['OPERATION_NOT_EXIST'],
  keyOf: ({ operationId }) => operationId,
});

/** Where these VMs stand; one that never ran is down. In the order asked for. */
export const ReadRuntimes = query('scheduler.read-runtimes', {
  request: z.object({ vmIds: z.array(EntityId).max(MAX_PAGE) }),
  reply: z.object({ items: z.array(VmRuntime) }),
  refusals: [],
  keyOf: () => 'runtimes',
});

/**
 * Which of these claims no placement names: orphans, for good. A placement names its claims durably before it asks for
 * them, so one that is not named now never will be.
 */
export const JudgeClaims = query('scheduler.judge-claims', {
  request: z.object({
    hostId: EntityId,
    claims: z.array(ClaimRef.extend({ placementId: EntityId, vmId: EntityId })).max(512),
  }),
  reply: z.object({ orphans: z.array(EntityId) }),
  refusals: [],
  keyOf: ({ hostId }) => hostId,
});

/** A placement has changed: a hint to read it. */
export const PlacementChanged = event('scheduler.placement-changed', {
  payload: z.object({ vmId: EntityId, placementId: EntityId, operationId: z.string().nullable() }),
  keyOf: ({ vmId }) => vmId,
  followers: ['gateway'],
});

/** How an operation ended, or what the scheduler did by itself, for the audit log. */
export const SchedulerNoted = event('scheduler.noted', {
  payload: AuditNote.extend({ vmId: EntityId }),
  keyOf: ({ vmId }) => vmId,
  consumers: ['gateway'],
});
