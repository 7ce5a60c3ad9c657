import type { ResolvedVm } from '@vfleet/contracts/policy/runs';
import type { RunVm } from './placement.ts';

/** What is kept of a VM that was resolved. */
export function runVmOf({ domainXml: _, ...vm }: ResolvedVm): RunVm {
  return vm;
}
