import { expect, it } from 'vitest';
import { hostWithClaims, MADE, NOW, sampleClaim } from '../testing/sample-claims.ts';
import { decideAttachClaims } from './decide-attach-claims.ts';

const RESERVED = { state: 'reserved', deadline: NOW } as const;
const request = (...claimIds: string[]) => ({ placementId: 'p1', claimIds });

it('turns reserved claims into attached ones without a deadline, and tells all of the placement', () => {
  const other = sampleClaim('c9', 5, { placementId: 'p9', ...RESERVED });
  const ledger = hostWithClaims(sampleClaim('c1', 0, RESERVED), sampleClaim('c2', 1, RESERVED), other);
  const decision = decideAttachClaims(ledger, request('c1'), NOW);
  expect(decision).toMatchObject({
    ok: true,
    claims: [
      { id: 'c1', state: 'attached', since: NOW, deadline: null },
      { id: 'c2', state: 'reserved', since: MADE },
    ],
    ledger: { claims: [{ state: 'attached' }, { state: 'reserved' }, other] },
  });
});

it('leaves attached claims as they are', () => {
  const ledger = hostWithClaims(sampleClaim('c1', 0));
  expect(decideAttachClaims(ledger, request('c1'), NOW)).toEqual({
    ok: true,
    ledger: undefined,
    claims: ledger.claims,
  });
});

it.each(['releasing', 'dirty'] as const)('is refused for claims that are on their way out: %s', (state) => {
  const ledger = hostWithClaims(sampleClaim('c1', 0, RESERVED), sampleClaim('c2', 1, { state }));
  expect(decideAttachClaims(ledger, request('c1', 'c2', 'c3'), NOW)).toMatchObject({
    ok: false,
    refusals: [{ code: 'CLAIM_WAS_RELEASED', detail: 'Host alpha does not hold c2, c3 any more.' }],
  });
});

it('takes a claim of another placement for a fault', () => {
  const ledger = hostWithClaims(sampleClaim('c1', 0, { placementId: 'p2' }));
  expect(() => decideAttachClaims(ledger, request('c1'), NOW)).toThrow('placement p2');
});
