import type { AddVnic, RemoveVnic, UpdateVnic } from '@vfleet/contracts/policy/vms';
import type { Refusal } from '@vfleet/contracts/refusals';
import { brokenRules, type Rule } from '@vfleet/contracts/rules';
import type { z } from 'zod';
import type { StoredCluster } from './cluster.ts';
import { findVnic, noSuchVnic } from './find-vnic.ts';
import { revised } from './revised.ts';
import { idTaken } from './taken.ts';
import type { StoredVm, StoredVnic } from './vm.ts';
import { changedVnic, newVnic } from './vnic-fields.ts';
import type { StoredVnicProfile } from './vnic-profile.ts';
import { brokenVnicRules, pluggedWhileRunning, staleVnic, type VnicSubject } from './vnic-rules.ts';

/** What a vNIC is judged with beside its VM. */
export type VnicRelated = {
  cluster: StoredCluster;
  /** That of the vNIC as it would be, or why there is none such. */
  profile: { ok: true; profile: StoredVnicProfile | null } | { ok: false; refusals: Refusal[] };
  /** Who of another VM has the MAC address that was asked for. */
  macHolder: VnicSubject['macHolder'];
};

/** What a command on a vNIC comes to; `vnic` is the one it is about, `changed` false when everything is so already. */
export type VnicDecision =
  | { ok: false; refusals: Refusal[] }
  | { ok: true; changed: boolean; vm: StoredVm; vnic: StoredVnic };

/**
 * Decides whether a VM gets a vNIC. Pure: an accepted decision names the whole new VM. `mac` is the address asked for,
 * or one from the pool, or null when the pool has none left to give.
 */
export function decideAddVnic(
  vm: StoredVm,
  { vnicId, fields }: Pick<z.infer<typeof AddVnic.request>, 'vnicId' | 'fields'>,
  related: VnicRelated & { mac: string | null },
): VnicDecision {
  const { profile, refusals } = judged(related);
  const after = newVnic(vnicId, fields, { profile: profile === 'unknown' ? null : profile, mac: related.mac });
  const namesake = vm.nics.find(({ id }) => id === vnicId);
  const broken = [
    ...refusals,
    ...(namesake ? [idTaken(`vNIC of ${vm.name}`, namesake)] : []),
    ...brokenVnicRules({ ...related, vm, before: null, after, profile }),
  ];
  const { mac } = after;
  if (mac === null || broken.length > 0) return { ok: false, refusals: broken };
  const vnic = { ...after, mac };
  return { ok: true, changed: true, vnic, vm: { ...vm, nics: [...vm.nics, vnic] } };
}

/** Decides a change of a vNIC; one that changes nothing is no edit, which no rule but that of the version refuses. */
export function decideUpdateVnic(
  vm: StoredVm,
  { vnic: ref, fields, ifVersion }: Omit<z.infer<typeof UpdateVnic.request>, 'vm'>,
  related: VnicRelated,
): VnicDecision {
  const before = findVnic(vm, ref);
  if (!before) return { ok: false, refusals: [noSuchVnic(vm, ref)] };
  const { profile, refusals } = judged(related);
  const profileId = profile === 'unknown' ? before.profileId : (profile?.id ?? null);
  const wanted = changedVnic({ ...before, profileId, mac: fields.mac ?? before.mac }, fields);
  const after = revised(before, wanted) ?? before;
  const broken = brokenVnicRules({ ...related, vm, before, after, profile, ifVersion });
  if (refusals.length + broken.length > 0) return { ok: false, refusals: [...refusals, ...broken] };
  const nics = vm.nics.map((vnic) => (vnic.id === after.id ? after : vnic));
  return { ok: true, changed: after !== before, vm: { ...vm, nics }, vnic: after };
}

/** Every rule of a removal, all evaluated, all violations told. */
const REMOVAL_RULES: Rule<{ vm: StoredVm; vnic: StoredVnic; ifVersion: number | undefined }>[] = [
  { code: 'PRECONDITION_FAILED', detail: ({ vm, vnic, ifVersion }) => staleVnic(vm, vnic, ifVersion) },
  { code: 'CANNOT_PERFORM_HOT_UPDATE', detail: ({ vm, vnic }) => pluggedWhileRunning(vm, vnic) },
];

/** Decides whether a VM loses a vNIC: not while its guest has it. */
export function decideRemoveVnic(
  vm: StoredVm,
  { vnic: ref, ifVersion }: Omit<z.infer<typeof RemoveVnic.request>, 'vm'>,
): VnicDecision {
  const vnic = findVnic(vm, ref);
  if (!vnic) return { ok: false, refusals: [noSuchVnic(vm, ref)] };
  const refusals = brokenRules(REMOVAL_RULES, { vm, vnic, ifVersion });
  if (refusals.length > 0) return { ok: false, refusals };
  return { ok: true, changed: true, vm: { ...vm, nics: vm.nics.filter(({ id }) => id !== vnic.id) }, vnic };
}

function judged({ profile }: VnicRelated): { profile: VnicSubject['profile']; refusals: readonly Refusal[] } {
  return profile.ok ? { profile: profile.profile, refusals: [] } : { profile: 'unknown', refusals: profile.refusals };
}
