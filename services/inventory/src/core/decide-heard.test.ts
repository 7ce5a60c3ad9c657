import { expect, it } from 'vitest';
import { sampleLedger } from '../testing/sample-ledger.ts';
import { decideHeard } from './decide-heard.ts';

const NOW = '2026-01-02T00:00:00.000Z';
const DOWN = { ...sampleLedger(), fenceCounter: 5, fenceFloor: 3 };
const HEARD = { at: NOW, agentVersion: '0.1.0', fenceFloor: null };
const UP = { ...DOWN, connection: { status: 'up' as const, since: NOW, agentVersion: '0.1.0', lastSeen: NOW } };

it('puts the host up', () => {
  expect(decideHeard(DOWN, HEARD)).toEqual({ ledger: UP, notes: [] });
});

it.each([null, 0, 3, 5])('says nothing new of a host that is up and has floor %s', (fenceFloor) => {
  expect(decideHeard(UP, { ...HEARD, fenceFloor })).toBeUndefined();
});

it('raises the counter to a floor above it, and says why', () => {
  expect(decideHeard(UP, { ...HEARD, fenceFloor: 9 })).toMatchObject({
    ledger: { ...UP, fenceCounter: 9 },
    notes: [{ action: 'raiseFenceCounter', codes: ['FENCE_AHEAD'] }],
  });
  expect(decideHeard(DOWN, { ...HEARD, fenceFloor: 9 })).toMatchObject({ ledger: { ...UP, fenceCounter: 9 } });
});
