import { expect, it } from 'vitest';
import { hostWithClaims, MADE, NOW, sampleClaim, TIMES } from '../testing/sample-claims.ts';
import { decidePoweredOff } from './decide-powered-off.ts';
import { type Ledger, newLedger } from './ledger.ts';

const down = (ledger: Ledger): Ledger => ({ ...ledger, connection: { ...ledger.connection, status: 'down' } });
const lost = (ledger: Ledger) => {
  const decision = decidePoweredOff(ledger, { heardAt: undefined, saidAt: NOW }, TIMES);
  if (!decision.ok) throw new Error('refused');
  return decision;
};

it('frees every claim, whatever its state, and raises the fence floor to the last fence', () => {
  const claims = [
    sampleClaim('c1', 0, { state: 'reserved' }),
    sampleClaim('c2', 1, { state: 'attached' }),
    sampleClaim('c3', 2, { state: 'releasing' }),
    sampleClaim('c4', 3, { state: 'dirty' }),
  ];
  const ledger = { ...down(hostWithClaims(...claims)), fenceCounter: 9 };
  const { ledger: next, freed, notes } = lost(ledger);
  expect(next).toMatchObject({ claims: [], fenceCounter: 9, fenceFloor: 9 });
  expect(next.releasedClaims).toEqual(['c1', 'c2', 'c3', 'c4'].map((id) => ({ id, at: NOW })));
  expect(freed).toEqual(claims);
  expect(notes).toMatchObject([{ action: 'freeClaimsOfLostHost', target: '/api/hosts/h1' }]);
  expect(notes[0]?.detail).toContain('0000:41:10.2 of vm-1, nic-c2 (attached)');
});

it('is the same when it is said again, and of a host that was never heard', () => {
  const { ledger } = lost(down(hostWithClaims(sampleClaim('c1', 0))));
  expect(lost(ledger)).toMatchObject({ ledger, freed: [], notes: [] });
  const unheard = newLedger({ id: 'h9', name: 'new', clusterId: 'default', now: MADE });
  expect(lost(unheard)).toMatchObject({ ledger: { fenceFloor: 0 }, freed: [] });
});

it('is refused while the host is up, and while its agent is heard', () => {
  const up = hostWithClaims(sampleClaim('c1', 0));
  expect(decidePoweredOff(up, { heardAt: undefined, saidAt: NOW }, TIMES)).toMatchObject({
    ok: false,
    refusals: [{ code: 'HOST_IS_UP', detail: expect.stringContaining('Host alpha is up since') }],
  });
  expect(decidePoweredOff(down(up), { heardAt: NOW, saidAt: NOW }, TIMES)).toMatchObject({
    ok: false,
    refusals: [{ code: 'HOST_IS_UP', detail: `The agent of host alpha was heard at ${NOW}.` }],
  });
});

it('is refused when it comes late, to a host that was up after it was said', () => {
  const ledger = down(hostWithClaims(sampleClaim('c1', 0)));
  const backSince = { ...ledger, connection: { ...ledger.connection, since: NOW } };
  expect(decidePoweredOff(backSince, { heardAt: undefined, saidAt: MADE }, TIMES)).toMatchObject({
    ok: false,
    refusals: [{ code: 'HOST_IS_UP', detail: `Host alpha was up until ${NOW}, after this was said at ${MADE}.` }],
  });
});
