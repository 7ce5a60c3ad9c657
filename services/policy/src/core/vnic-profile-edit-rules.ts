import type { Rule } from '@vfleet/contracts/rules';
import type { StoredCluster } from './cluster.ts';
import { hasLevel, LEVEL_CODES, type LevelCode } from './cluster-level.ts';
import { staleVersion } from './stale-version.ts';
import { usersInWords } from './users-in-words.ts';
import type { StoredVm, StoredVnic } from './vm.ts';
import type { StoredVnicProfile } from './vnic-profile.ts';
import {
  becomesPassthrough,
  levelsRaised,
  switchesEnabled,
  switchesPreferred,
  type VnicProfileEdit,
} from './vnic-profile-change.ts';
import type { VnicProfileRelated } from './vnic-profile-rules.ts';
import { typeGoesWith } from './vnic-rules.ts';
import { traitsBarredBy, traitsOf, type VnicTrait } from './vnic-traits.ts';

const IN_WORDS: Record<VnicTrait, string> = {
  unlinked: 'is unlinked',
  'custom-mtu': 'has `custom_mtu`',
  'mac-spoofing': 'has `mac_spoofing`',
  pinned: 'is pinned to a VF',
};

/** Who uses a profile: of those that its change or removal would hit, one more than are named. */
export type VnicProfileUsers = {
  users: readonly StoredVm[];
  /** The clusters of the users, where their levels are judged. */
  clusters: readonly StoredCluster[];
  /** The profiles whose failover it is. */
  failoverOf: readonly StoredVnicProfile[];
};

type EditSubject = VnicProfileEdit &
  VnicProfileUsers &
  Pick<VnicProfileRelated, 'asked'> & { ifVersion: number | undefined };
type RemovalSubject = Omit<VnicProfileUsers, 'clusters'> & {
  profile: StoredVnicProfile;
  ifVersion: number | undefined;
};

/** Every rule of a change against what the profile was before and who uses it, all evaluated, all violations told. */
export const VNIC_PROFILE_EDIT_RULES: Rule<EditSubject>[] = [
  { code: 'PRECONDITION_FAILED', detail: ({ before, ifVersion }) => stale(before, ifVersion) },
  {
    code: 'CANNOT_CHANGE_VNIC_PROFILE_NETWORK',
    detail: ({ before, asked }) => {
      const network = asked.network?.found[0];
      return network && network.id !== before.networkId
        ? `vNIC profile ${before.name} is on network ${before.networkId}; ${network.name} (${network.id}) was asked for.`
        : undefined;
    },
  },
  {
    code: 'VNIC_PROFILE_IN_ONE_USE',
    detail: (edit) => (edit.users.length === 1 && switchesEnabled(edit) ? switchedInUse(edit) : undefined),
  },
  {
    code: 'VNIC_PROFILE_IN_MANY_USES',
    detail: (edit) => (edit.users.length > 1 && switchesEnabled(edit) ? switchedInUse(edit) : undefined),
  },
  {
    code: 'VNIC_PROFILE_IS_FAILOVER',
    detail: (edit) =>
      edit.failoverOf.length > 0 && becomesPassthrough(edit)
        ? `${wouldPassThrough(edit)} and is the failover of ${profilesInWords(edit.failoverOf)}.`
        : undefined,
  },
  ...LEVEL_CODES.map((code) => ({ code, detail: (edit: EditSubject) => missesLevel(edit, code) })),
  {
    code: 'VM_INTERFACE_TYPE_NOT_MATCH_PROFILE',
    detail: (edit) =>
      misfits(edit, ({ interface: type }) => (typeGoesWith(type, edit.after) ? [] : [`is of the type ${type}`])),
  },
  { code: 'UNLINKING_OF_PASSTHROUGH_VNIC_IS_NOT_SUPPORTED', detail: (edit) => barred(edit, ['unlinked']) },
  {
    code: 'PASSTHROUGH_VNIC_CONTAINS_NOT_SUPPORTED_PROPERTIES',
    detail: (edit) => barred(edit, ['custom-mtu', 'mac-spoofing']),
  },
  { code: 'PINNED_VF_NEEDS_PASSTHROUGH', detail: (edit) => barred(edit, ['pinned']) },
];

/** Every rule of a removal, all evaluated, all violations told. */
export const VNIC_PROFILE_REMOVAL_RULES: Rule<RemovalSubject>[] = [
  { code: 'PRECONDITION_FAILED', detail: ({ profile, ifVersion }) => stale(profile, ifVersion) },
  {
    code: 'VNIC_PROFILE_IN_ONE_USE',
    detail: ({ profile, users }) => (users.length === 1 ? usedBy(profile, users) : undefined),
  },
  {
    code: 'VNIC_PROFILE_IN_MANY_USES',
    detail: ({ profile, users }) => (users.length > 1 ? usedBy(profile, users) : undefined),
  },
  {
    code: 'VNIC_PROFILE_IS_FAILOVER',
    detail: ({ profile, failoverOf }) =>
      failoverOf.length > 0
        ? `vNIC profile ${profile.name} is the failover of ${profilesInWords(failoverOf)}.`
        : undefined,
  },
];

function stale(profile: StoredVnicProfile, ifVersion: number | undefined): string | undefined {
  return staleVersion(`vNIC profile ${profile.name}`, profile, ifVersion);
}

function switchedInUse({ before, after, users }: EditSubject): string {
  const { name, passThrough } = before;
  return `\`pass_through\` of vNIC profile ${name} would change from ${passThrough} to ${after.passThrough}; ${usedBy(before, users)}`;
}

function usedBy(profile: StoredVnicProfile, users: readonly StoredVm[]): string {
  return `${profile.name} is used by ${usersInWords(users.map((vm) => vnicsInWords(profile, vm)))}.`;
}

/** A VM and those of its vNICs that have the profile. */
function vnicsInWords(profile: StoredVnicProfile, vm: StoredVm): string {
  return `${vm.name} (${vnicsOf(profile, vm)
    .map(({ name }) => name)
    .join(', ')})`;
}

function vnicsOf({ id }: StoredVnicProfile, { nics }: StoredVm): StoredVnic[] {
  return nics.filter(({ profileId }) => profileId === id);
}

/** Names of profiles are not theirs alone: the ids are told too. */
function profilesInWords(profiles: readonly StoredVnicProfile[]): string {
  return usersInWords(profiles.map(({ name, id }) => `${name} (${id})`));
}

function missesLevel(edit: EditSubject, code: LevelCode): string | undefined {
  if (!levelsRaised(edit).includes(code)) return undefined;
  const old = edit.clusters.filter((cluster) => !hasLevel(cluster, code));
  const hit = old.flatMap((cluster) =>
    edit.users
      .filter(({ clusterId }) => clusterId === cluster.id)
      .map((vm) => `${vnicsInWords(edit.before, vm)} in cluster ${cluster.name} (${cluster.compatibilityVersion})`),
  );
  return hit.length === 0 ? undefined : `vNIC profile ${edit.before.name} is used by ${usersInWords(hit)}.`;
}

/** The vNICs that have one of these traits, which none of the profile could have after the change. */
function barred(edit: EditSubject, traits: readonly VnicTrait[]): string | undefined {
  const among = traitsBarredBy(edit.after).filter((trait) => traits.includes(trait));
  return misfits(edit, (vnic) => traitsOf(vnic).flatMap((trait) => (among.includes(trait) ? IN_WORDS[trait] : [])));
}

/** The vNICs that keep the profile through a switch between disabled and preferred and would not go with it. */
function misfits(edit: EditSubject, problemsOf: (vnic: StoredVnic) => string[]): string | undefined {
  if (!switchesPreferred(edit)) return undefined;
  const told = edit.users.flatMap((vm) =>
    vnicsOf(edit.before, vm).flatMap((vnic) =>
      problemsOf(vnic).map((problem) => `${vnic.name} of the virtual machine ${vm.name} ${problem}`),
    ),
  );
  return told.length === 0 ? undefined : `${wouldPassThrough(edit)}: ${usersInWords(told)}.`;
}

function wouldPassThrough({ before, after }: VnicProfileEdit): string {
  return `\`pass_through\` of vNIC profile ${before.name} would be ${after.passThrough}`;
}
