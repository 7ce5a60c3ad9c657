import { describe, expect, it } from 'vitest';
import { measureInTurn, median, percentile } from './measure.ts';

describe('median', () => {
  it.each([
    [[5], 5],
    [[9, 1, 5], 5],
    [[1, 2, 3, 1000], 2.5],
  ])('of %j is %d', (samples, middle) => expect(median(samples)).toBe(middle));

  it('of nothing is refused', () => expect(() => median([])).toThrow('nothing was measured'));
});

describe('percentile', () => {
  it.each([
    [50, 2],
    [75, 3],
    [99, 4],
    [100, 4],
  ])('%d of four is %d', (percent, value) => expect(percentile([4, 1, 3, 2], percent)).toBe(value));

  it('of nothing is refused', () => expect(() => percentile([], 99)).toThrow('nothing was measured'));
});

describe('measureInTurn', () => {
  it('runs the subjects in turn and does not count the first rounds', async () => {
    const calls: string[] = [];
    const samples = await measureInTurn(
      { a: () => calls.push('a'), b: async () => calls.push('b') },
      { rounds: 2, warmUp: 1 },
    );
    expect(calls).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
    expect([samples.a.length, samples.b.length]).toEqual([2, 2]);
  });
});
