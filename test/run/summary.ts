import { inWords, type Provided } from '../servers/provided.ts';
import type { StepResult } from './step.ts';

/**
 * The end of a test run in words: servers used, every step, everything skipped by name; its last line is the count
 * alone. `ok` is false when anything failed or, where `skipFails`, was skipped, or when the run was interrupted.
 */
export function summarize({
  servers,
  results,
  skipFails,
  interrupted,
}: {
  servers: readonly Provided[];
  results: readonly StepResult[];
  skipFails: boolean;
  interrupted: boolean;
}): { text: string; ok: boolean } {
  const passed = total(results, ({ passed }) => passed);
  const failed = total(results, ({ failed }) => failed);
  const skipped = results.flatMap(({ name, skipped }) => skipped.map((reason) => `  ${name}: ${reason}`));
  const lines = [
    'Servers',
    ...servers.map((server) => `  ${inWords(server)}`),
    'Steps',
    ...results.map((result) => `  ${lineOf(result)}`),
    ...(skipped.length > 0 ? [`Skipped${skipFails ? ' (a failure, because CI=true)' : ''}`, ...skipped] : []),
    ...(interrupted ? ['Interrupted: not everything ran'] : []),
    `${passed} passed, ${failed} failed, ${skipped.length} skipped`,
  ];
  return { text: lines.join('\n'), ok: !interrupted && failed === 0 && !(skipFails && skipped.length > 0) };
}

/** A step in one line: how it ended, how many tests, how long. */
export function lineOf({ name, passed, failed, skipped, seconds }: StepResult): string {
  const outcome = failed > 0 ? 'FAIL' : passed > 0 ? 'pass' : 'SKIP';
  const tests = [
    `${passed} passed`,
    failed > 0 && `${failed} FAILED`,
    skipped.length > 0 && `${skipped.length} SKIPPED`,
  ];
  return `${outcome}  ${name.padEnd(32)} ${seconds.toFixed(1).padStart(6)} s  ${tests.filter(Boolean).join(', ')}`;
}

function total(results: readonly StepResult[], of: (result: StepResult) => number): number {
  return results.reduce((sum, result) => sum + of(result), 0);
}
