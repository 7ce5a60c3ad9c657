import type { FailureSeen } from './core/failure-causes.ts';
import { StateFileError } from './state-files.ts';

/** What was thrown, as a failure that can be explained: a state file's, or the machine's. */
export function faultOf(error: unknown): FailureSeen & { kind: 'state-file' | 'host-fault' } {
  if (error instanceof StateFileError) return { kind: 'state-file', problem: error.message, remedy: error.remedy };
  return { kind: 'host-fault', problem: error instanceof Error ? error.message : String(error) };
}
