import { z } from 'zod';
import { command, event, query } from '../define.ts';
import { EntityId, EntityRef } from '../vocabulary/ids.ts';
import { pageOf } from '../vocabulary/page.ts';
import { NewVnicProfile, VnicProfile, VnicProfileChange } from '../vocabulary/vnic-profile.ts';
import { IfVersion, NamedPageRequest, PolicyChange, versioned } from './entity.ts';

/** `vnicProfile` is an id, or a name that only one network's profile has; an id wins. */
const OnVnicProfile = z.object({ vnicProfile: EntityRef });
const byVnicProfile = ({ vnicProfile }: { vnicProfile: string }) => vnicProfile;

export const AddVnicProfile = command('policy.add-vnic-profile', {
  request: z.object({ vnicProfileId: EntityId, fields: NewVnicProfile }),
  reply: VnicProfile,
  refusals: [
    'VNIC_PROFILE_NAME_IN_USE',
    'VNIC_PROFILE_NAME_AMBIGUOUS',
    'ACTION_TYPE_FAILED_NETWORK_NOT_EXIST',
    'PASSTHROUGH_NAMES_DISAGREE',
    'PASSTHROUGH_PROFILE_CONTAINS_NOT_SUPPORTED_PROPERTIES',
    'PASSTHROUGH_PROFILE_NOT_SUPPORTS_PORT_ISOLATION',
    'MIGRATABLE_NEEDS_PASSTHROUGH',
    'FAILOVER_NEEDS_MIGRATABLE_PASSTHROUGH',
    'FAILOVER_VNIC_PROFILE_NOT_EXIST',
    'FAILOVER_VNIC_PROFILE_CANNOT_POINT_TO_SELF',
    'FAILOVER_VNIC_PROFILE_IS_PASSTHROUGH',
    'VF_PROPERTIES_NEED_PASSTHROUGH',
    'VF_RATES_NOT_IN_VALID_RANGE',
    'QOS_NOT_EXIST',
    'QOS_TYPE_MISMATCH',
    'ID_ALREADY_USED',
  ],
  keyOf: ({ vnicProfileId }) => vnicProfileId,
});

/**
 * `enabled` is not switched on or off while a vNIC uses the profile; disabled and preferred are switched when each vNIC
 * that uses it, and its cluster, can have that. What goes with passthrough alone is taken away by the caller, never here.
 */
export const UpdateVnicProfile = command('policy.update-vnic-profile', {
  request: OnVnicProfile.extend({ fields: VnicProfileChange }).extend(IfVersion.shape),
  reply: VnicProfile,
  refusals: [
    'VNIC_PROFILE_NOT_EXIST',
    'VNIC_PROFILE_NAME_AMBIGUOUS',
    'VNIC_PROFILE_NAME_IN_USE',
    'ACTION_TYPE_FAILED_NETWORK_NOT_EXIST',
    'CANNOT_CHANGE_VNIC_PROFILE_NETWORK',
    'PASSTHROUGH_NAMES_DISAGREE',
    'VNIC_PROFILE_IN_ONE_USE',
    'VNIC_PROFILE_IN_MANY_USES',
    'VM_INTERFACE_TYPE_NOT_MATCH_PROFILE',
    'UNLINKING_OF_PASSTHROUGH_VNIC_IS_NOT_SUPPORTED',
    'PASSTHROUGH_VNIC_CONTAINS_NOT_SUPPORTED_PROPERTIES',
    'PINNED_VF_NEEDS_PASSTHROUGH',
    'PASSTHROUGH_PROFILE_CONTAINS_NOT_SUPPORTED_PROPERTIES',
    'PASSTHROUGH_PROFILE_NOT_SUPPORTS_PORT_ISOLATION',
    'MIGRATABLE_NEEDS_PASSTHROUGH',
    'FAILOVER_NEEDS_MIGRATABLE_PASSTHROUGH',
    'FAILOVER_VNIC_PROFILE_NOT_EXIST',
    'FAILOVER_VNIC_PROFILE_CANNOT_POINT_TO_SELF',
    'FAILOVER_VNIC_PROFILE_IS_PASSTHROUGH',
    'FAILOVER_NOT_SUPPORTED_BY_CLUSTER_LEVEL',
    'PASSTHROUGH_NOT_SUPPORTED_BY_CLUSTER_LEVEL',
    'VNIC_PROFILE_IS_FAILOVER',
    'VF_PROPERTIES_NEED_PASSTHROUGH',
    'VF_RATES_NOT_IN_VALID_RANGE',
    'QOS_NOT_EXIST',
    'QOS_TYPE_MISMATCH',
    'PRECONDITION_FAILED',
  ],
  keyOf: byVnicProfile,
});

/** Refused while a vNIC uses it, or another profile as its failover. */
export const RemoveVnicProfile = command('policy.remove-vnic-profile', {
  request: OnVnicProfile.extend(IfVersion.shape),
  reply: z.object({}),
  refusals: [
    'VNIC_PROFILE_NOT_EXIST',
    'VNIC_PROFILE_NAME_AMBIGUOUS',
    'VNIC_PROFILE_IN_ONE_USE',
    'VNIC_PROFILE_IN_MANY_USES',
    'VNIC_PROFILE_IS_FAILOVER',
    'PRECONDITION_FAILED',
  ],
  keyOf: byVnicProfile,
});

export const GetVnicProfile = query('policy.get-vnic-profile', {
  request: OnVnicProfile,
  reply: versioned(VnicProfile),
  refusals: ['VNIC_PROFILE_NOT_EXIST', 'VNIC_PROFILE_NAME_AMBIGUOUS'],
  keyOf: byVnicProfile,
});

export const ListVnicProfiles = query('policy.list-vnic-profiles', {
  request: NamedPageRequest,
  reply: pageOf(VnicProfile),
  refusals: [],
  keyOf: () => 'vnic-profiles',
});

/** A vNIC profile has changed: a hint to read it again. */
export const VnicProfileChanged = event('policy.vnic-profile-changed', {
  payload: z.object({ vnicProfileId: EntityId, change: PolicyChange }),
  keyOf: ({ vnicProfileId }) => vnicProfileId,
  followers: ['gateway'],
});
