import { z } from 'zod';
import { command, event, query } from '../define.ts';
import { EntityId, EntityRef } from '../vocabulary/ids.ts';
import { PageRequest, pageOf } from '../vocabulary/page.ts';
import { NewVm, Vm, VmChange } from '../vocabulary/vm.ts';
import { NewVnic, Vnic, VnicChange } from '../vocabulary/vnic.ts';
import { IfVersion, NamedPageRequest, PolicyChange, versioned } from './entity.ts';

/** `vm` and `vnic` are ids or names; an id wins. */
const OnVm = z.object({ vm: EntityRef });
const OnVnic = OnVm.extend({ vnic: EntityRef });
const byVm = ({ vm }: { vm: string }) => vm;

/** What the rules of a vNIC can say, whether it is made or changed. */
const VNIC_RULES = [
  'VNIC_NAME_IN_USE',
  'VNIC_PROFILE_NOT_EXIST',
  'VNIC_PROFILE_NAME_AMBIGUOUS',
  'VM_INTERFACE_TYPE_NOT_MATCH_PROFILE',
  'PASSTHROUGH_NOT_SUPPORTED_BY_CLUSTER_LEVEL',
  'FAILOVER_NOT_SUPPORTED_BY_CLUSTER_LEVEL',
  'UNLINKING_OF_PASSTHROUGH_VNIC_IS_NOT_SUPPORTED',
  'PASSTHROUGH_VNIC_CONTAINS_NOT_SUPPORTED_PROPERTIES',
  'PINNED_VF_NEEDS_PASSTHROUGH',
  'PINNED_VFS_CONTRADICT',
  'BOOT_ORDER_IN_USE',
  'NETWORK_MAC_ADDRESS_IN_USE',
  'CANNOT_PERFORM_HOT_UPDATE',
] as const;

export const AddVm = command('policy.add-vm', {
  request: z.object({ vmId: EntityId, fields: NewVm }),
  reply: Vm,
  refusals: ['VM_NAME_IN_USE', 'CLUSTER_NOT_EXIST', 'ID_ALREADY_USED'],
  keyOf: ({ vmId }) => vmId,
});

/** Another cluster must be able to do what the VM's vNICs need, and is refused while the VM runs. */
export const UpdateVm = command('policy.update-vm', {
  request: OnVm.extend({ fields: VmChange }).extend(IfVersion.shape),
  reply: Vm,
  refusals: [
    'VM_NOT_EXIST',
    'VM_NAME_IN_USE',
    'CLUSTER_NOT_EXIST',
    'VM_IS_RUNNING',
    'PASSTHROUGH_NOT_SUPPORTED_BY_CLUSTER_LEVEL',
    'FAILOVER_NOT_SUPPORTED_BY_CLUSTER_LEVEL',
    'PRECONDITION_FAILED',
  ],
  keyOf: byVm,
});

/** Removes a VM with its vNICs; refused while it runs. */
export const RemoveVm = command('policy.remove-vm', {
  request: OnVm.extend(IfVersion.shape),
  reply: z.object({}),
  refusals: ['VM_NOT_EXIST', 'VM_IS_RUNNING', 'PRECONDITION_FAILED'],
  keyOf: byVm,
});

export const GetVm = query('policy.get-vm', {
  request: OnVm,
  reply: versioned(Vm),
  refusals: ['VM_NOT_EXIST'],
  keyOf: byVm,
});

export const ListVms = query('policy.list-vms', {
  request: NamedPageRequest,
  reply: pageOf(Vm),
  refusals: [],
  keyOf: () => 'vms',
});

export const AddVnic = command('policy.add-vnic', {
  request: OnVm.extend({ vnicId: EntityId, fields: NewVnic }),
  reply: Vnic,
  refusals: ['VM_NOT_EXIST', ...VNIC_RULES, 'VM_HAS_TOO_MANY_VNICS', 'MAC_POOL_EXHAUSTED', 'ID_ALREADY_USED'],
  keyOf: byVm,
});

export const UpdateVnic = command('policy.update-vnic', {
  request: OnVnic.extend({ fields: VnicChange }).extend(IfVersion.shape),
  reply: Vnic,
  refusals: ['VM_NOT_EXIST', 'VNIC_NOT_EXIST', ...VNIC_RULES, 'PRECONDITION_FAILED'],
  keyOf: byVm,
});

export const RemoveVnic = command('policy.remove-vnic', {
  request: OnVnic.extend(IfVersion.shape),
  reply: z.object({}),
  refusals: ['VM_NOT_EXIST', 'VNIC_NOT_EXIST', 'CANNOT_PERFORM_HOT_UPDATE', 'PRECONDITION_FAILED'],
  keyOf: byVm,
});

export const GetVnic = query('policy.get-vnic', {
  request: OnVnic,
  reply: versioned(Vnic),
  refusals: ['VM_NOT_EXIST', 'VNIC_NOT_EXIST'],
  keyOf: byVm,
});

export const ListVnics = query('policy.list-vnics', {
  request: OnVm.extend(PageRequest.shape),
  reply: pageOf(Vnic),
  refusals: ['VM_NOT_EXIST'],
  keyOf: byVm,
});

/** A VM or one of its vNICs has changed: a hint to read it again. */
export const VmChanged = event('policy.vm-changed', {
  payload: z.object({ vmId: EntityId, change: PolicyChange }),
  keyOf: ({ vmId }) => vmId,
  followers: ['gateway'],
});
