import { expect, it } from 'vitest';
import { hostWithClaims, hostWithVfs, MADE, NOW, sampleClaim, TIMES } from '../testing/sample-claims.ts';
import { decideReleaseClaims } from './decide-release-claims.ts';

const request = (...claimIds: string[]) => ({ placementId: 'p1', claimIds });

it.each(['reserved', 'attached'] as const)('begins to release what is %s; nothing is free by it', (state) => {
  const ledger = hostWithClaims(sampleClaim('c1', 0, { state, deadline: NOW }), sampleClaim('c2', 1));
  const { ledger: next, claims } = decideReleaseClaims(ledger, request('c1'), TIMES);
  expect(claims).toMatchObject([{ id: 'c1', state: 'releasing', since: NOW, deadline: null, fence: 1 }]);
  expect(next?.claims).toEqual([...claims, ledger.claims[1]]);
});

it.each(['releasing', 'dirty'] as const)('does nothing again to what is %s', (state) => {
  const ledger = hostWithClaims(sampleClaim('c1', 0, { state }));
  expect(decideReleaseClaims(ledger, request('c1'), TIMES)).toEqual({ ledger: undefined, claims: ledger.claims });
});

it('remembers an unknown claim as released, once', () => {
  const first = decideReleaseClaims(hostWithVfs(1), request('c1', 'c2'), TIMES);
  expect(first).toMatchObject({
    ledger: {
      releasedClaims: [
        { id: 'c1', at: NOW },
        { id: 'c2', at: NOW },
      ],
    },
    claims: [],
  });
  if (!first.ledger) throw new Error('nothing was remembered');
  expect(decideReleaseClaims(first.ledger, request('c2', 'c1'), TIMES)).toEqual({ ledger: undefined, claims: [] });
});

it('tells of those asked for which are not gone, in whatever state', () => {
  const dirty = sampleClaim('c2', 1, { state: 'dirty', since: MADE });
  const ledger = { ...hostWithClaims(sampleClaim('c1', 0), dirty), releasedClaims: [{ id: 'c3', at: MADE }] };
  const { claims } = decideReleaseClaims(ledger, request('c1', 'c2', 'c3', 'c4'), TIMES);
  expect(claims.map(({ id, state }) => [id, state])).toEqual([
    ['c1', 'releasing'],
    ['c2', 'dirty'],
  ]);
});

it('takes a claim of another placement for a fault', () => {
  const ledger = hostWithClaims(sampleClaim('c1', 0, { placementId: 'p2' }));
  expect(() => decideReleaseClaims(ledger, request('c1'), TIMES)).toThrow('placement p2');
});
