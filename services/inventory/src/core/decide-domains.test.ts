import { describe, expect, it } from 'vitest';
import { claimed, sampleLedger, sampleVf } from '../testing/sample-ledger.ts';
import { type DomainsReport, decideDomains } from './decide-domains.ts';
import { Ledger } from './ledger.ts';

const NOW = '2026-01-02T00:00:00.000Z';
const VF = { pciAddress: '0000:41:10.0', vnicId: 'n1' };
const WEB = { name: 'web', vmId: 'v1', placementId: 'p1', attempt: 1, state: 'running' as const, vfs: [VF] };
const BRIDGED = { ...WEB, name: 'bridged', vmId: 'v2', vfs: [] };
const FOREIGN = { ...BRIDGED, name: 'foreign', vmId: null };
const FENCE = { pciAddress: VF.pciAddress, fence: 3, claimId: 'c1', cleaned: false };
const EMPTY = { ...sampleLedger({ vfs: [sampleVf(0), sampleVf(1)] }), fenceCounter: 5 };

describe('domains that a host tells', () => {
  it('are kept as far as they hold VFs or are ours, with the fences that are not cleaned', () => {
    const fences = [FENCE, { ...FENCE, pciAddress: '0000:41:10.2', cleaned: true }];
    const { ledger, changed, notes } = taken(EMPTY, { domains: [WEB, BRIDGED, FOREIGN], fences });
    const kept = [WEB, BRIDGED].map(({ state: _, ...domain }) => domain);
    expect(ledger.domains).toEqual({
      ...{ boot: 2, sequence: 1, machineBoot: 'm1', takenAt: NOW },
      domains: kept,
      uncleaned: [{ pciAddress: VF.pciAddress, fence: 3, claimId: 'c1' }],
    });
    expect(ledger.differences).toMatchObject([{ code: 'DOMAIN_WITHOUT_CLAIM' }]);
    expect({ changed, notes }).toEqual({ changed: true, notes: [] });
  });

  it.each([
    ['the same again', { boot: 2, sequence: 1 }],
    ['an earlier one of this boot', { boot: 2, sequence: 0 }],
    ['one of an earlier boot', { boot: 1, sequence: 9 }],
  ])('are not taken when they are not newer: %s', (_, origin) => {
    const known = taken(EMPTY, { domains: [WEB] }).ledger;
    expect(decideDomains(known, report(origin), NOW)).toBeUndefined();
  });

  it('are taken when they say nothing new, so that an older report is known', () => {
    const known = taken(EMPTY, { domains: [WEB] }).ledger;
    const again = taken(known, { sequence: 2, domains: [WEB, BRIDGED] });
    expect(again).toMatchObject({ changed: false, ledger: { domains: { sequence: 2 } } });
  });

  it('show by a newer look that the domain of a claim is gone', () => {
    const attached = claimed(EMPTY);
    const early = taken(attached, { takenAt: '2025-12-31T00:00:00.000Z' }).ledger;
    expect(early.differences).toEqual([]);
    expect(taken(early, { sequence: 2 })).toMatchObject({
      changed: true,
      ledger: { differences: [{ code: 'CLAIM_WITHOUT_DOMAIN', since: NOW }] },
    });
  });

  it('raise the counter of fences when the host keeps a higher one, cleaned or not, and say why', () => {
    const { ledger, changed, notes } = taken(EMPTY, { fences: [{ ...FENCE, fence: 9, cleaned: true }] });
    expect(ledger.fenceCounter).toBe(9);
    expect(changed).toBe(true);
    expect(notes).toMatchObject([
      { action: 'raiseFenceCounter', target: '/api/hosts/h1', outcome: 'done', codes: ['FENCE_AHEAD'], at: NOW },
    ]);
    expect(notes[0]?.detail).toContain('keeps fence 9, the ledger had given out up to 5');
    expect(taken(ledger, { sequence: 2, fences: [{ ...FENCE, fence: 9 }] })).toMatchObject({ notes: [] });
  });
});

function report(change: Partial<DomainsReport>): DomainsReport {
  const origin = { hostId: 'h1', boot: 2, sequence: 1, machineBoot: 'm1', takenAt: NOW };
  return { ...origin, domains: [], fences: [], ...change };
}

function taken(ledger: Ledger, change: Partial<DomainsReport>) {
  const decision = decideDomains(ledger, report(change), NOW);
  if (!decision) throw new Error('the report was not taken');
  return { ...decision, ledger: Ledger.parse(decision.ledger) };
}
