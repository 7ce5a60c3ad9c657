import { describe, expect, it } from 'vitest';
import { migrating, running, starting } from '../testing/advancing.ts';
import { leaveHost } from './leave-host.ts';
import { lostWith } from './lost-host.ts';

const LOST = { hostId: 'id-alpha', fenceFloor: 5, at: '2026-01-01T00:10:00.000Z' };
const UNKNOWN = new Map<string, number>();

describe('what went with a host that was confirmed lost', () => {
  it.each([
    ['a VM whose claims are up to the floor', running, LOST, UNKNOWN, true],
    ['not a VM that was started there after it was back', running, { ...LOST, fenceFloor: 0 }, UNKNOWN, false],
    ['a VM that was meant for it before, its claims being unknown', starting, LOST, UNKNOWN, true],
    ['not one that was meant for it after', starting, { ...LOST, at: '2025-12-31T00:00:00.000Z' }, UNKNOWN, false],
    ['not one whose claims inventory has made since', starting, LOST, new Map([['claim-1', 6]]), false],
    ['nothing of another host', running, { ...LOST, hostId: 'id-bravo' }, UNKNOWN, false],
  ])('%s', (_, placement, lost, fences, isLost) => {
    expect(lostWith(placement, lost, fences).at).toBe(isLost);
  });

  it('is a destination, too, and what was left there', () => {
    const bravo = { ...LOST, hostId: 'id-bravo' };
    expect(lostWith(migrating, bravo, UNKNOWN)).toMatchObject({ at: false, to: true, leaving: [] });
    const left = running.at ? [leaveHost(running.at, { isGone: false, stop: null })] : [];
    expect(lostWith({ at: null, to: null, leaving: left }, LOST, UNKNOWN).leaving).toEqual(left);
  });
});
