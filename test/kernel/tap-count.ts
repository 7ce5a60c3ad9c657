/** Tests of a suite as its TAP report sums them up. */
export type TapCount = { passed: number; failed: number; skipped: number };

/** Counts from a report of node:test; undefined when it has no end, because the suite died. */
export function tapCount(report: string): TapCount | undefined {
  const [passed, failed, cancelled, skipped] = ['pass', 'fail', 'cancelled', 'skipped'].map((name) =>
    new RegExp(`^# ${name} (\\d+)$`, 'm').exec(report)?.at(1),
  );
  if (passed === undefined || failed === undefined) return undefined;
  return { passed: Number(passed), failed: Number(failed) + Number(cancelled ?? 0), skipped: Number(skipped ?? 0) };
}
