import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auditIdOf, endOfAudit } from './audit-order.ts';

const times = fc.nat(4_102_444_800_000);

describe('the id of an entry', () => {
  it('comes before those of all that was done earlier', () => {
    fc.assert(
      fc.property(times, times, fc.string(), fc.string(), (one, other, a, b) => {
        if (one === other) return;
        const [early, late] = one < other ? [one, other] : [other, one];
        expect(auditIdOf(late, a) < auditIdOf(early, b)).toBe(true);
      }),
    );
  });

  it('stands before the end of what is as young, and after that of what is younger', () => {
    fc.assert(
      fc.property(times, times, fc.string(), (at, since, tellsOf) => {
        expect(auditIdOf(at, tellsOf) < endOfAudit(since)).toBe(at >= since);
      }),
    );
  });

  it('is the same for the same thing, and can stand in a URL and a store', () => {
    expect(auditIdOf(1_767_225_600_000, 'fact 7\u0000')).toBe('98232774399999-fact_7_');
  });

  it('bears clocks that are far off', () => {
    expect(auditIdOf(1e15, 'x')).toBe('00000000000000-x');
  });
});
