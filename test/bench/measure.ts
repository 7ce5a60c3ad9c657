/** The middle of what was measured: outliers of a busy machine do not move it. */
export function median(samples: readonly number[]): number {
  if (samples.length === 0) throw new Error('nothing was measured');
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** The smallest of what was measured that so many of a hundred do not exceed. */
export function percentile(samples: readonly number[], percent: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const value = sorted[Math.ceil((samples.length * percent) / 100) - 1];
  if (value === undefined) throw new Error('nothing was measured');
  return value;
}

/**
 * Milliseconds of each subject, round by round in turn, so that whatever slows the machine down hits all of them alike
 * and their ratio holds on any machine. The first `warmUp` rounds are not counted.
 */
export async function measureInTurn<Name extends string>(
  subjects: Record<Name, () => unknown>,
  { rounds, warmUp }: { rounds: number; warmUp: number },
): Promise<Record<Name, number[]>> {
  const names = Object.keys(subjects) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < warmUp + rounds; round++) {
    for (const name of names) {
      const started = performance.now();
      await subjects[name]();
      if (round >= warmUp) samples[name].push(performance.now() - started);
    }
  }
  return samples;
}
