import type { RemoveVm, UpdateVm } from '@vfleet/contracts/policy/vms';
import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import type { z } from 'zod';
import type { StoredCluster } from './cluster.ts';
import { hasLevel, LEVEL_CODES, type LevelCode, levelsNeeded } from './cluster-level.ts';
import { revised } from './revised.ts';
import { brokenRules, type Rule, staleVersion } from './rules.ts';
import { usersInWords } from './users-in-words.ts';
import { changedVm, type StoredVm } from './vm.ts';
import { type ById, referredTo } from './vm-surroundings.ts';
import type { StoredVnicProfile } from './vnic-profile.ts';

/** What a change of a VM is judged with; `profiles` are those of its vNICs, needed when the cluster is another one. */
export type VmRelated = {
  cluster: { ok: true; cluster: StoredCluster } | { ok: false; refusals: Refusal[] };
  profiles: ById<StoredVnicProfile>;
};

/** What a change of a VM comes to; `vm` is undefined when everything is so already. */
export type VmDecision = { ok: false; refusals: Refusal[] } | { ok: true; vm: StoredVm | undefined };

type Subject = {
  vm: StoredVm;
  /** The cluster it would move to; null when it stays. */
  moves: { to: StoredCluster; profiles: ById<StoredVnicProfile> } | null;
  ifVersion: number | undefined;
};

/** Every rule of a change, all evaluated, all violations told (docs/domain.md, Networks, profiles, vNICs). */
const RULES: Rule<Subject>[] = [
  { code: 'PRECONDITION_FAILED', detail: ({ vm, ifVersion }) => staleVm(vm, ifVersion) },
  {
    code: 'VM_IS_RUNNING',
    detail: ({ vm, moves }) =>
      moves === null || vm.placementId === null
        ? undefined
        : `The virtual machine ${vm.name} runs and would move to the cluster ${moves.to.name}.`,
  },
  ...LEVEL_CODES.map((code) => ({ code, detail: (subject: Subject) => missesLevel(subject, code) })),
];

/** Decides a change of a VM. Pure: an accepted decision names the whole new VM. */
export function decideUpdateVm(
  vm: StoredVm,
  { fields, ifVersion }: Omit<z.infer<typeof UpdateVm.request>, 'vm'>,
  { cluster, profiles }: VmRelated,
): VmDecision {
  const moves = cluster.ok && cluster.cluster.id !== vm.clusterId ? { to: cluster.cluster, profiles } : null;
  const broken = brokenRules(RULES, { vm, moves, ifVersion });
  const refusals = cluster.ok ? broken : [...cluster.refusals, ...broken];
  if (!cluster.ok || refusals.length > 0) return { ok: false, refusals };
  return { ok: true, vm: revised(vm, changedVm(vm, fields, cluster.cluster.id)) };
}

/** Every rule of a removal, all evaluated, all violations told. */
const REMOVAL_RULES: Rule<{ vm: StoredVm; ifVersion: number | undefined }>[] = [
  { code: 'PRECONDITION_FAILED', detail: ({ vm, ifVersion }) => staleVm(vm, ifVersion) },
  {
    code: 'VM_IS_RUNNING',
    detail: ({ vm }) => (vm.placementId === null ? undefined : `The virtual machine ${vm.name} runs.`),
  },
];

/** What refuses the removal of a VM. */
export function brokenVmRemovalRules(
  vm: StoredVm,
  { ifVersion }: Pick<z.infer<typeof RemoveVm.request>, 'ifVersion'>,
): Refusal[] {
  return brokenRules(REMOVAL_RULES, { vm, ifVersion });
}

export function noSuchVm(ref: string): Refusal {
  return refusal('VM_NOT_EXIST', `No virtual machine has the id or the name ${ref}.`);
}

function staleVm(vm: StoredVm, ifVersion: number | undefined): string | undefined {
  return staleVersion(`virtual machine ${vm.name}`, vm, ifVersion);
}

function missesLevel({ vm, moves }: Subject, code: LevelCode): string | undefined {
  if (moves === null || hasLevel(moves.to, code)) return undefined;
  const profileOf = (id: string | null) => (id === null ? null : referredTo(moves.profiles, id));
  const needy = vm.nics.filter((vnic) => levelsNeeded(vnic, profileOf(vnic.profileId)).includes(code));
  if (needy.length === 0) return undefined;
  const names = usersInWords(needy.map(({ name }) => name));
  return `${names} of the virtual machine ${vm.name} need more than ${moves.to.compatibilityVersion}, the version of the cluster ${moves.to.name}.`;
}
