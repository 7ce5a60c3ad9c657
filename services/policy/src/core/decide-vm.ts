import type { AddVm, RemoveVm, UpdateVm } from '@vfleet/contracts/policy/vms';
import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import { brokenRules, type Rule } from '@vfleet/contracts/rules';
import type { z } from 'zod';
import type { StoredCluster } from './cluster.ts';
import { hasLevel, LEVEL_CODES, type LevelCode, levelsNeeded } from './cluster-level.ts';
import { revised } from './revised.ts';
import { staleVersion } from './stale-version.ts';
import { idTaken, knownAs, refTaken } from './taken.ts';
import { usersInWords } from './users-in-words.ts';
import { changedVm, newVm, type StoredVm } from './vm.ts';
import { type ById, referredTo } from './vm-surroundings.ts';
import type { StoredVnicProfile } from './vnic-profile.ts';

/** What a VM is judged with. */
export type VmRelated = {
  /** That of the VM as it would be, or why there is none such. */
  cluster: { ok: true; cluster: StoredCluster } | { ok: false; refusals: Refusal[] };
  /** Those of its vNICs. */
  profiles: ById<StoredVnicProfile>;
  /** The id of another VM that is known by the name that was asked for. */
  namesake: string | undefined;
};

type Subject = {
  vm: StoredVm;
  /** The cluster it would move to; null when it stays. */
  moves: { to: StoredCluster; profiles: ById<StoredVnicProfile> } | null;
  name: string | undefined;
  /** The id of another VM that is known by that name. */
  namesake: string | undefined;
  ifVersion: number | undefined;
};

const NAME_IN_USE: Rule<Pick<Subject, 'name' | 'namesake'>> = {
  code: 'VM_NAME_IN_USE',
  detail: ({ name, namesake }) =>
    name === undefined || namesake === undefined ? undefined : knownAs('virtual machine', { name, holder: namesake }),
};

/** Every rule of a change, all evaluated, all violations told (docs/domain.md, Networks, profiles, vNICs). */
const RULES: Rule<Subject>[] = [
  { code: 'PRECONDITION_FAILED', detail: ({ vm, ifVersion }) => staleVm(vm, ifVersion) },
  NAME_IN_USE,
  {
    code: 'VM_IS_RUNNING',
    detail: ({ vm, moves }) =>
      moves === null || vm.placementId === null
        ? undefined
        : `The virtual machine ${vm.name} runs and would move to the cluster ${moves.to.name}.`,
  },
  ...LEVEL_CODES.map((code) => ({ code, detail: (subject: Subject) => missesLevel(subject, code) })),
];

/** Decides whether a VM can be made; `holder` is the one that has its id. */
export function decideAddVm(
  { vmId, fields }: z.infer<typeof AddVm.request>,
  { cluster, namesake, holder }: Omit<VmRelated, 'profiles'> & { holder: StoredVm | undefined },
): { ok: false; refusals: Refusal[] } | { ok: true; vm: StoredVm } {
  const refusals = [
    ...(holder ? [idTaken('virtual machine', holder)] : []),
    ...brokenRules([NAME_IN_USE], { name: fields.name, namesake }),
  ];
  if (!cluster.ok) return { ok: false, refusals: [...cluster.refusals, ...refusals] };
  return refusals.length > 0 ? { ok: false, refusals } : { ok: true, vm: newVm(vmId, fields, cluster.cluster.id) };
}

/**
 * Decides a change of a VM. Pure: an accepted decision names the whole new VM, or none when everything is so already.
 */
export function decideUpdateVm(
  vm: StoredVm,
  { fields, ifVersion }: Omit<z.infer<typeof UpdateVm.request>, 'vm'>,
  { cluster, profiles, namesake }: VmRelated,
): { ok: false; refusals: Refusal[] } | { ok: true; vm: StoredVm | undefined } {
  const moves = cluster.ok && cluster.cluster.id !== vm.clusterId ? { to: cluster.cluster, profiles } : null;
  const broken = brokenRules(RULES, { vm, moves, name: fields.name, namesake, ifVersion });
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

/** The refusal of a VM's name or id that another one is known by. */
export function vmTaken(claimant: { id: string; name: string }, duplicate: { value: string; holder: string }): Refusal {
  return refTaken({ noun: 'virtual machine', nameInUse: 'VM_NAME_IN_USE', ...claimant }, duplicate);
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
