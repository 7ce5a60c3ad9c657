import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { delayAfter, PATIENCE, type Patience } from './patience.ts';

describe('patience', () => {
  it('gives the product nine tries within 30 s', () => {
    expect(delays(PATIENCE)).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 8_000, 8_000]);
  });

  it('never holds longer than its total, never longer at once than its most, and ends', () => {
    const settings = fc.record({ firstDelayMs: fc.nat(100), mostDelayMs: fc.nat(200), totalMs: fc.nat(500) });
    fc.assert(
      fc.property(settings, (patience) => {
        const held = delays(patience);
        expect(held.reduce((sum, delay) => sum + delay, 0)).toBeLessThanOrEqual(patience.totalMs);
        for (const delay of held) expect(delay).toBeLessThanOrEqual(patience.mostDelayMs);
        expect(delayAfter(held.length + 1, patience)).toBeNull();
      }),
    );
  });

  it('can be none: the first failure parks', () => {
    expect(delayAfter(1, { firstDelayMs: 100, mostDelayMs: 100, totalMs: 0 })).toBeNull();
  });
});

function delays(patience: Patience): number[] {
  const found: number[] = [];
  for (let delay = delayAfter(1, patience); delay !== null; delay = delayAfter(found.length + 1, patience)) {
    found.push(delay);
  }
  return found;
}
