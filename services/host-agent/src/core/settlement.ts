import type { ChangeFailure, Settlement } from '@vfleet/contracts/vocabulary/host-report';
import { IN_USE_CODE } from './failure-causes.ts';
import type { Journal } from './journal.ts';

type Generation = Pick<Journal, 'vfsConfigId' | 'generation' | 'to'>;

/** The end of a generation whose number was read back and persisted. */
export function appliedSettlement(change: Generation): Settlement {
  return { ...settlementOf(change), outcome: { result: 'applied' }, existing: change.to };
}

/** The end of a generation that came to nothing: `refused` when a VF was in use and nothing was written, else failed. */
export function failedSettlement(
  change: Generation,
  failure: ChangeFailure,
  { existing, hasWritten }: { existing: number | null; hasWritten: boolean },
): Settlement {
  const result = failure.code === IN_USE_CODE && !hasWritten ? 'refused' : 'failed';
  return { ...settlementOf(change), outcome: { result, failure }, existing };
}

function settlementOf({ vfsConfigId, generation, to }: Generation) {
  return { vfsConfigId, generation, wanted: to };
}
