import type { AuditEntry } from '@vfleet/contracts/vocabulary/audit';

/** What a request was answered with; `failed` says that what it began has ended badly, not that it was refused. */
export type Told = { status: number; codes: readonly string[]; failed: boolean };

/** Nobody knows what came of a request that was answered so. */
const UNKNOWN = ['OUTCOME_UNKNOWN', 'INTERNAL_FAULT'];

/** How a request came out, by its answer. What was refused has changed nothing. */
export function auditOutcomeOf({ status, codes, failed }: Told): AuditEntry['outcome'] {
  if (status === 202) return 'accepted';
  if (status < 400) return 'done';
  if (codes.some((code) => UNKNOWN.includes(code))) return 'unknown';
  return failed || status === 502 ? 'failed' : 'refused';
}
