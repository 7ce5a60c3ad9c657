import type { ChangeFailure, Settlement } from '@vfleet/contracts/vocabulary/host-report';
import { MTU_IN_USE_CODE } from '@vfleet/contracts/vocabulary/pf-mtu';
import { IN_USE_CODE } from './failure-causes.ts';
import type { Journal } from './journal.ts';

/** What a settlement tells of the change it ends. */
export type SettledChange = Pick<Journal, 'vfsConfigId' | 'generation' | 'to' | 'mtu'>;

/** The end of a generation whose number was read back and persisted. */
export function appliedSettlement(change: SettledChange): Settlement {
  return { ...settlementOf(change), outcome: { result: 'applied' }, existing: change.to };
}

/** The end of a generation that came to nothing: `refused` when a VF was in use and nothing was written, else failed. */
export function failedSettlement(
  change: SettledChange,
  failure: ChangeFailure,
  { existing, hasWritten }: { existing: number | null; hasWritten: boolean },
): Settlement {
  const isInUse = failure.code === IN_USE_CODE || failure.code === MTU_IN_USE_CODE;
  const result = isInUse && !hasWritten ? 'refused' : 'failed';
  return { ...settlementOf(change), outcome: { result, failure }, existing };
}

function settlementOf({ vfsConfigId, generation, to, mtu }: SettledChange) {
  return { vfsConfigId, generation, wanted: to, wantedMtu: mtu };
}
