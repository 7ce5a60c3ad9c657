import { describe, expect, it } from 'vitest';
import { running, starting } from '../testing/advancing.ts';
import { leaveClaims } from './leave-host.ts';
import { isFree, leased } from './wake.ts';

const UNTIL = '2026-01-01T00:00:10.000Z';
const LATER = '2026-01-01T00:01:00.000Z';
const lease = { by: 'one.7', until: UNTIL, later: LATER };

describe('a placement that is put', () => {
  it('is left alone by others while it is driven, and looked at then', () => {
    expect(leased(starting, lease)).toMatchObject({ lease: { by: 'one.7', until: UNTIL }, wakeAt: UNTIL });
  });

  it('is not looked at while nothing is awaited', () => {
    expect(leased(running, lease)).toMatchObject({ lease: null, wakeAt: null });
  });

  it('is looked at later while something is left on other hosts', () => {
    const left = { ...running, leaving: running.at ? [leaveClaims(running.at, [])] : [] };
    expect(leased(left, lease)).toMatchObject({ lease: null, wakeAt: LATER });
  });
});

it.each([
  ['one that nobody drives', null, true],
  ['one of this process', { by: 'one.3', until: LATER }, true],
  ['one of another process', { by: 'two.3', until: LATER }, false],
  ['one of another process, whose lease has ended', { by: 'two.3', until: UNTIL }, true],
])('%s', (_, held, free) => {
  expect(isFree({ lease: held }, { process: 'one.', latest: UNTIL })).toBe(free);
});
