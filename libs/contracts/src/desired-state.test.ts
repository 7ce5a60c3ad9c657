import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DesiredState,
  endOf,
  endsNewest,
  isOpen,
  lastSettlement,
  nothingWanted,
  type SettlementRecord,
  settle,
  wantNext,
} from './desired-state.ts';

const NOTHING = nothingWanted<number>();
const wanted = (times: number) => Array.from({ length: times }, (_, n) => n).reduce(wantNext<number>, NOTHING);

function settled(generation: number, result: SettlementRecord['result'] = 'applied'): SettlementRecord {
  const failure = result === 'applied' ? null : { code: 'EIO', cause: 'the card failed', remedy: 'replace it' };
  return { generation, result, failure, existing: 4, at: '2026-01-01T00:00:00.000Z' };
}

describe('killing sequence: overtaken generation', () => {
  it('answers the older waiter superseded and the newer one with its own outcome', () => {
    const overtaken = settle(wanted(2), settled(2));
    expect(endOf(overtaken, 1)).toEqual({ state: 'superseded', by: 2 });
    expect(endOf(overtaken, 2)).toEqual({ state: 'settled', settlement: settled(2) });
  });

  it('lets a late settlement of the overtaken generation end nothing newer', () => {
    const late = settle(wanted(2), settled(1, 'failed'));
    expect(isOpen(late)).toBe(true);
    expect(endsNewest(wanted(2), 1)).toBe(false);
    expect(lastSettlement(late)).toBeUndefined();
    expect(endOf(late, 1)).toEqual({ state: 'settled', settlement: settled(1, 'failed') });
  });

  it('keeps the newer settlement when the older one arrives after it', () => {
    const newerFirst = settle(wanted(2), settled(2));
    expect(settle(newerFirst, settled(1, 'failed'))).toBe(newerFirst);
  });

  it('settles once: a redelivered settlement changes nothing', () => {
    const once = settle(wanted(1), settled(1));
    expect(settle(once, settled(1, 'failed'))).toBe(once);
  });

  it('does not retry a failed generation by itself, and a new want of the same number is a new generation', () => {
    const failed = settle(wanted(1), settled(1, 'failed'));
    expect(isOpen(failed)).toBe(false);
    expect(isOpen(wantNext(failed, 0))).toBe(true);
    expect(wantNext(failed, 0).generation).toBe(2);
  });

  it('goes past a settlement above its own generation, made under a ledger that was lost', () => {
    const lost = settle(NOTHING, settled(7));
    expect(lost.generation).toBe(7);
    expect(wantNext(lost, 3).generation).toBe(8);
  });
});

type Act = { want: true } | { settle: number; result: SettlementRecord['result'] };

const acts = fc.array(
  fc.oneof(
    fc.constant({ want: true } as Act),
    fc.record({
      settle: fc.integer({ min: 1, max: 6 }),
      result: fc.constantFrom('applied', 'failed', 'refused'),
    }) as fc.Arbitrary<Act>,
  ),
  { maxLength: 40 },
);

function apply(desired: DesiredState<number>, act: Act): DesiredState<number> {
  return 'want' in act ? wantNext(desired, 1) : settle(desired, settled(act.settle, act.result));
}

describe('whatever arrives in whatever order', () => {
  it('never goes back, never reopens what ended, never changes how a generation ended', () => {
    fc.assert(
      fc.property(acts, (sequence) => {
        let desired = NOTHING;
        for (const act of sequence) {
          const before = desired;
          desired = apply(desired, act);
          expect(desired.generation).toBeGreaterThanOrEqual(before.generation);
          expect(desired.settled).toBeGreaterThanOrEqual(before.settled);
          expect(desired.settled).toBeLessThanOrEqual(desired.generation);
          for (const known of before.settlements.slice(-6))
            expect(endOf(desired, known.generation)).toEqual({ state: 'settled', settlement: known });
        }
      }),
    );
  });
});
