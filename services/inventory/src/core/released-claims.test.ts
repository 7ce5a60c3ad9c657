import { expect, it } from 'vitest';
import { hostWithClaims, MADE, NOW, sampleClaim, TIMES } from '../testing/sample-claims.ts';
import { wasReleased, withReleased } from './released-claims.ts';

it('takes claims off the ledger and remembers them', () => {
  const ledger = withReleased(hostWithClaims(sampleClaim('c1', 0), sampleClaim('c2', 1)), ['c1'], TIMES);
  expect(ledger.claims.map(({ id }) => id)).toEqual(['c2']);
  expect([wasReleased(ledger, 'c1'), wasReleased(ledger, 'c2')]).toEqual([true, false]);
});

it('forgets what is too old whenever the list is put, and remembers one that is released again from then on', () => {
  const old = [
    { id: 'old', at: '2025-12-31T00:00:59.999Z' },
    { id: 'young', at: TIMES.forgetBefore },
    { id: 'c1', at: MADE },
  ];
  const ledger = withReleased({ ...hostWithClaims(), releasedClaims: old }, ['c1'], TIMES);
  expect(ledger.releasedClaims).toEqual([
    { id: 'young', at: TIMES.forgetBefore },
    { id: 'c1', at: NOW },
  ]);
});

it('remembers a bounded number, the newest', () => {
  const many = Array.from({ length: 256 }, (_, index) => ({ id: `r${index}`, at: MADE }));
  const ledger = withReleased({ ...hostWithClaims(), releasedClaims: many }, ['c1'], TIMES);
  expect(ledger.releasedClaims).toHaveLength(256);
  expect(ledger.releasedClaims.at(-1)).toEqual({ id: 'c1', at: NOW });
  expect(ledger.releasedClaims[0]?.id).toBe('r1');
});
