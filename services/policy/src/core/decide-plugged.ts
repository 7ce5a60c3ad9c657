import type { SetPlugged } from '@vfleet/contracts/policy/runs';
import { brokenRules, type Rule } from '@vfleet/contracts/rules';
import type { z } from 'zod';
import type { RunDecision } from './decide-run.ts';
import { noSuchVnic } from './find-vnic.ts';
import { revised } from './revised.ts';
import type { StoredVm, StoredVnic } from './vm.ts';
import { contradictingPins } from './vnic-rules.ts';

type Subject = { vm: StoredVm; after: StoredVnic; placementId: string };

/** Every rule of plugging and unplugging while a VM runs, all evaluated, all violations told. */
const RULES: Rule<Subject>[] = [
  {
    code: 'VM_IS_NOT_RUNNING',
    detail: ({ vm, placementId }) =>
      vm.placementId === placementId
        ? undefined
        : `The virtual machine ${vm.name} does not run for the placement ${placementId}.`,
  },
  { code: 'PINNED_VFS_CONTRADICT', detail: ({ vm, after }) => contradictingPins(vm, after) },
];

/** Decides whether a vNIC of a VM that runs counts as plugged; one that does already is left as it is. */
export function decidePlugged(
  vm: StoredVm,
  { vnic: id, placementId, plugged }: Omit<z.infer<typeof SetPlugged.request>, 'vm'>,
): RunDecision {
  const before = vm.nics.find((vnic) => vnic.id === id);
  if (!before) return { ok: false, refusals: [noSuchVnic(vm, id)] };
  const after = { ...before, plugged };
  const refusals = brokenRules(RULES, { vm, after, placementId });
  if (refusals.length > 0) return { ok: false, refusals };
  const vnic = revised(before, after);
  if (!vnic) return { ok: true, changed: false, vm };
  return { ok: true, changed: true, vm: { ...vm, nics: vm.nics.map((each) => (each.id === id ? vnic : each)) } };
}
