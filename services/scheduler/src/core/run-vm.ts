import type { ResolvedVm, ResolvedVnic } from '@vfleet/contracts/policy/runs';
import type { RunVm } from './placement.ts';

/** What is kept of a VM that was resolved. */
export function runVmOf({ domainXml: _, ...vm }: ResolvedVm): RunVm {
  return vm;
}

/** The VM as it runs, with some vNICs as they were resolved now: the others are as they were plugged. */
export function withVnics(vm: RunVm, resolved: readonly ResolvedVnic[]): RunVm {
  const isNew = new Set(resolved.map(({ id }) => id));
  return { ...vm, vnics: [...vm.vnics.filter(({ id }) => !isNew.has(id)), ...resolved] };
}

/** The VM as one whose preferred vNICs must have a VF. */
export function demandingVf(vm: ResolvedVm): ResolvedVm {
  const vnics = vm.vnics.map((vnic) => (vnic.needs === 'vf-or-bridge' ? { ...vnic, needs: 'vf' as const } : vnic));
  return { ...vm, vnics };
}
