import type { RefusalRow } from './row.ts';

/** Refusals about vNIC profiles. */
export const VNIC_PROFILE_REFUSALS = {
  VNIC_PROFILE_NOT_EXIST: {
    status: 404,
    title: 'There is no such vNIC profile',
    remedy: 'List them with GET /api/vnicprofiles and use the id or the name of one of them.',
  },
  VNIC_PROFILE_NAME_AMBIGUOUS: {
    status: 409,
    title: 'Profiles of several networks have this name',
    remedy: 'Use the id of the one that is meant.',
  },
  VNIC_PROFILE_NAME_IN_USE: {
    status: 409,
    title: 'Another profile of the network has this name',
    remedy: 'Choose another name, or rename or remove the profile that has it.',
  },
  VNIC_PROFILE_IN_ONE_USE: {
    status: 409,
    title: 'A virtual machine uses the profile',
    remedy: 'Give the vNICs of the virtual machine named here another profile first.',
  },
  VNIC_PROFILE_IN_MANY_USES: {
    status: 409,
    title: 'Virtual machines use the profile',
    remedy: 'Give the vNICs of the virtual machines named here another profile first.',
  },
  VNIC_PROFILE_IS_FAILOVER: {
    status: 409,
    title: 'The profile is the failover of others',
    remedy: 'Give the profiles named here another failover first, or none.',
  },
  CANNOT_CHANGE_VNIC_PROFILE_NETWORK: {
    status: 409,
    title: 'The network of a profile cannot be changed',
    remedy: 'Make a new profile on the other network and give it to the vNICs.',
  },
  PASSTHROUGH_NAMES_DISAGREE: {
    status: 400,
    title: '`pass_through` and `passthrough` say different things',
    remedy: 'Send one of the two; they are names of one field.',
  },
  PASSTHROUGH_PROFILE_CONTAINS_NOT_SUPPORTED_PROPERTIES: {
    status: 400,
    title: 'A passthrough profile has no port mirroring, QoS or network filter',
    remedy: 'Take the properties named here away, or set `pass_through` to disabled.',
  },
  PASSTHROUGH_PROFILE_NOT_SUPPORTS_PORT_ISOLATION: {
    status: 409,
    title: 'A passthrough profile cannot be on a network with port isolation',
    remedy: 'Use a network without port isolation, or set `pass_through` to disabled.',
  },
  MIGRATABLE_NEEDS_PASSTHROUGH: {
    status: 400,
    title: 'Only a passthrough profile is marked as migratable',
    remedy: 'Leave `migratable` out; vNICs without passthrough always migrate.',
  },
  VF_PROPERTIES_NEED_PASSTHROUGH: {
    status: 400,
    title: 'Only a passthrough profile sets properties of a virtual function',
    remedy: 'Take the properties of `vf` named here away, or set `pass_through` to enabled or preferred.',
  },
  VF_RATES_NOT_IN_VALID_RANGE: {
    status: 400,
    title: 'The lowest rate is above the highest',
    remedy: 'Set `min_tx_rate` to at most `max_tx_rate`.',
  },
  FAILOVER_NEEDS_MIGRATABLE_PASSTHROUGH: {
    status: 400,
    title: 'Only a migratable passthrough profile has a failover',
    remedy: 'Set `pass_through` and `migratable` too, or take the failover away.',
  },
  FAILOVER_VNIC_PROFILE_NOT_EXIST: {
    status: 404,
    title: 'There is no such failover profile',
    remedy: 'List the profiles with GET /api/vnicprofiles and use the id or the name of one of them.',
  },
  FAILOVER_VNIC_PROFILE_CANNOT_POINT_TO_SELF: {
    status: 400,
    title: 'A profile cannot be its own failover',
    remedy: 'Use another profile, one without passthrough.',
  },
  FAILOVER_VNIC_PROFILE_IS_PASSTHROUGH: {
    status: 409,
    title: 'The failover profile is itself a passthrough profile',
    remedy: 'Use a profile whose `pass_through` is disabled.',
  },
} as const satisfies Record<string, RefusalRow>;
