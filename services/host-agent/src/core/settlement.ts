import type { ChangeFailure, Settlement } from '@vfleet/contracts/vocabulary/host-report';
import { MTU_IN_USE_CODE } from '@vfleet/contracts/vocabulary/pf-mtu';
import { EXISTING_CHANGED_CODE } from '@vfleet/contracts/vocabulary/vfs-change';
import { IN_USE_CODE } from './failure-causes.ts';
import type { Journal } from './journal.ts';

/** What a settlement tells of the change it ends. */
export type SettledChange = Pick<Journal, 'vfsConfigId' | 'generation' | 'to' | 'mtu'>;

/** The end of a generation whose number was read back and persisted. */
export function appliedSettlement(change: SettledChange): Settlement {
  return { ...settlementOf(change), outcome: { result: 'applied' }, existing: change.to };
}

/** What the host itself refuses, where nothing was written before. */
const REFUSED: ReadonlySet<string> = new Set([IN_USE_CODE, MTU_IN_USE_CODE, EXISTING_CHANGED_CODE]);

/**
 * The end of a generation that came to nothing: `refused` when a VF was in use, or other VFs existed than it was meant
 * for, and nothing was written; else failed.
 */
export function failedSettlement(
  change: SettledChange,
  failure: ChangeFailure,
  { existing, hasWritten }: { existing: number | null; hasWritten: boolean },
): Settlement {
  const result = REFUSED.has(failure.code) && !hasWritten ? 'refused' : 'failed';
  return { ...settlementOf(change), outcome: { result, failure }, existing };
}

function settlementOf({ vfsConfigId, generation, to, mtu }: SettledChange) {
  return { vfsConfigId, generation, wanted: to, wantedMtu: mtu };
}
