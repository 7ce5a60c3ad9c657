import { expect, it } from 'vitest';
import { hostWithClaims, MADE, NOW, sampleClaim } from '../testing/sample-claims.ts';
import { claimsSince, overdueClaims } from './claims-to-judge.ts';
import { decideReleaseOrphans } from './decide-release-orphans.ts';

it('begins to release orphans that are held, noting each, and nothing else', () => {
  const ledger = hostWithClaims(
    sampleClaim('c1', 0, { state: 'reserved', deadline: NOW }),
    sampleClaim('c2', 1),
    sampleClaim('c3', 2),
    sampleClaim('c4', 3, { state: 'dirty' }),
  );
  const decision = decideReleaseOrphans(ledger, ['c1', 'c2', 'c4', 'c9'], NOW);
  expect(decision?.ledger.claims).toMatchObject([
    { id: 'c1', state: 'releasing', since: NOW, deadline: null },
    { id: 'c2', state: 'releasing', since: NOW },
    { id: 'c3', state: 'attached' },
    { id: 'c4', state: 'dirty' },
  ]);
  expect(decision?.orphans.map(({ id }) => id)).toEqual(['c1', 'c2']);
  expect(decision?.notes).toMatchObject([
    { target: '/api/hosts/h1/nics/pci_0000_41_10_0', detail: expect.stringContaining(`reserved since ${MADE}`) },
    { action: 'releaseOrphanedClaim', detail: expect.stringContaining('vm-1, nic-c2, attached') },
  ]);
  if (!decision) throw new Error('nothing changed');
  expect(decideReleaseOrphans(decision.ledger, ['c1', 'c2'], NOW)).toBeUndefined();
});

it('asks about claims past their deadline, and of the others about those that are held for a while', () => {
  const ledger = hostWithClaims(
    sampleClaim('due', 0, { state: 'reserved', deadline: NOW }),
    sampleClaim('early', 1, { state: 'reserved', deadline: '2026-01-01T00:01:00.001Z', since: NOW }),
    sampleClaim('old', 2),
    sampleClaim('young', 3, { since: NOW }),
    sampleClaim('leaving', 4, { state: 'releasing' }),
  );
  const idsOf = (claims: { id: string }[]) => claims.map(({ id }) => id);
  expect(idsOf(overdueClaims(ledger, NOW))).toEqual(['due']);
  expect(idsOf(claimsSince(ledger, { state: 'attached', before: NOW }))).toEqual(['old']);
  expect(idsOf(claimsSince(ledger, { state: 'reserved', before: NOW }))).toEqual(['due']);
});
