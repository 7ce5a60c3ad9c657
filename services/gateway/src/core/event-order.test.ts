import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventIdOf, mayBeMissed, searchFrom, timeBelieved, timeOfEvent } from './event-order.ts';

const times = fc.integer({ min: 0, max: 8_640_000_000_000 });

describe('the id of an event', () => {
  it('is in the order of time, and tells it', () => {
    fc.assert(
      fc.property(times, times, fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (a, b, m, n) => {
        if (a < b) expect(eventIdOf(a, m) < eventIdOf(b, n)).toBe(true);
        expect(timeOfEvent(eventIdOf(a, m))).toBe(a);
      }),
    );
  });

  it('can stand in a line of an event stream', () => {
    expect(eventIdOf(1_767_225_600_000, 'a\nid: b\0')).toBe('01767225600000-a_id:_b_');
  });

  it.each(['', 'abc', '123-abc', '01767225600000', '01767225600000-a b'])('is not %j', (text) => {
    expect(timeOfEvent(text)).toBeUndefined();
  });

  it('is searched for from five minutes before', () => {
    expect(searchFrom(1_767_225_600_000) < eventIdOf(1_767_225_300_000, 'a')).toBe(true);
    expect(searchFrom(1_767_225_600_000) > eventIdOf(1_767_225_299_999, 'a')).toBe(true);
    expect(searchFrom(1000)).toBe('00000000000000');
  });
});

describe('who saw one event last may have missed', () => {
  const last = { id: eventIdOf(50_000, 'last'), arrivedAt: 50_100, gateway: 'a' };
  it.each([
    ['not that event', { ...last }, false],
    ['a later one', { id: eventIdOf(50_001, 'x'), arrivedAt: 50_200, gateway: 'a' }, true],
    ['a later one, though it came in before', { id: eventIdOf(50_001, 'x'), arrivedAt: 50_050, gateway: 'a' }, true],
    ['an older one that came in after it', { id: eventIdOf(49_000, 'x'), arrivedAt: 50_101, gateway: 'a' }, true],
    ['not an older one that came in before it', { id: eventIdOf(49_000, 'x'), arrivedAt: 50_099, gateway: 'a' }, false],
    [
      'an older one that another gateway logged at about that time',
      { id: eventIdOf(49_000, 'x'), arrivedAt: 40_101, gateway: 'b' },
      true,
    ],
    [
      'not an older one that another gateway logged long before',
      { id: eventIdOf(39_000, 'x'), arrivedAt: 40_099, gateway: 'b' },
      false,
    ],
  ])('%s', (_, other, missed) => expect(mayBeMissed(last, other)).toBe(missed));
});

it.each([
  [1_000_000, 1_000_000],
  [999_000, 999_000],
  [1_060_000, 1_060_000],
  [1_060_001, 1_000_000],
  [Date.parse('9999-12-31T23:59:59.999Z'), 1_000_000],
  [Date.parse('0000-01-01T00:00:00.000Z'), 0],
])('believes no time far ahead: %d', (sentAt, believed) => {
  expect(timeBelieved(sentAt, 1_000_000)).toBe(believed);
});
