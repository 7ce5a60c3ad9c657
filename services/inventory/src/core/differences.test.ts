import { describe, expect, it } from 'vitest';
import { claimed, sampleLedger, sampleVf } from '../testing/sample-ledger.ts';
import { uncleanedFences, withDifferences } from './differences.ts';
import type { Ledger } from './ledger.ts';

const NOW = '2026-01-02T00:00:00.000Z';
const LATER = '2026-01-03T00:00:00.000Z';
const VF1 = '0000:41:10.2';

type Domains = NonNullable<Ledger['domains']>;
type Row = [given: string, ledger: Ledger, codes: string[]];

/** `claimed` has the second VF attached to vm-1 (v1) since 2026-01-01. */
const ATTACHED = claimed(sampleLedger({ vfs: [sampleVf(0), sampleVf(1)] }));
const FREE = { ...ATTACHED, claims: [] };
const ON_VFIO = { ...FREE, ...sampleVfs(sampleVf(0), sampleVf(1, { driver: 'vfio-pci', nic: null })) };
const BY_V1 = domain('web', 'v1');
const FENCE = { pciAddress: VF1, fence: 4, claimId: 'c1' };

const ROWS: Row[] = [
  ['nothing is known of domains', ATTACHED, []],
  ['claim and domain agree', told(ATTACHED, { domains: [BY_V1], uncleaned: [FENCE] }), []],
  ['the domain of a claim is gone', told(ATTACHED, {}), ['CLAIM_WITHOUT_DOMAIN']],
  ['the domains were told before the claim was attached', told(ATTACHED, { takenAt: '2025-12-31T23:59:59.000Z' }), []],
  ['a claim that is not attached yet', told(inState('reserved'), {}), []],
  ['a claim that is being released', told(inState('releasing'), {}), []],
  ['a domain of another VM', told(ATTACHED, { domains: [domain('db', 'v2')] }), ['CLAIM_OF_OTHER_VM']],
  ['a foreign domain on a claimed VF', told(ATTACHED, { domains: [domain('x', null)] }), ['CLAIM_OF_OTHER_VM']],
  ['a domain without a claim', told(FREE, { domains: [BY_V1], uncleaned: [FENCE] }), ['DOMAIN_WITHOUT_CLAIM']],
  ['a foreign domain', told(FREE, { domains: [domain('x', null)] }), ['DOMAIN_WITHOUT_CLAIM']],
  ['a claimed VF that is gone', { ...ATTACHED, ...sampleVfs(sampleVf(0)), report: reported() }, ['CLAIMED_VF_MISSING']],
  ['a VF nobody cleaned', told(FREE, { uncleaned: [FENCE] }), ['NOT_CLEANED']],
  ['a VF nobody cleaned, on vfio-pci', told(ON_VFIO, { uncleaned: [FENCE] }), ['NOT_CLEANED']],
  ['a VF on vfio-pci for nobody', told(ON_VFIO, {}), ['VFIO_WITHOUT_HOLDER']],
  ['a VF on vfio-pci for a foreign domain', told(ON_VFIO, { domains: [BY_V1] }), ['DOMAIN_WITHOUT_CLAIM']],
  ['a VF on vfio-pci for a claim', told({ ...ON_VFIO, claims: ATTACHED.claims }, { domains: [BY_V1] }), []],
];

describe('differences of ledger, host and hypervisor', () => {
  it.each(ROWS)('%s', (_, ledger, codes) => {
    expect(withDifferences(ledger, NOW).differences.map(({ code }) => code)).toEqual(codes);
  });

  it('every code is given by one of these rows', () => {
    expect(new Set(ROWS.flatMap(([, , codes]) => codes)).size).toBe(6);
  });

  it('say what each tells, and what to do', () => {
    expect(withDifferences(told(ATTACHED, { domains: [domain('x', null)] }), NOW).differences).toEqual([
      {
        code: 'CLAIM_OF_OTHER_VM',
        pciAddress: VF1,
        text: 'The ledger holds ens11v1 of ens11 for virtual machine vm-1, nic1, with fence 1, but at 2026-01-02T00:00:00.000Z domain x, which VFleet did not start, held it.',
        remedy: expect.stringContaining('Stop both'),
        since: NOW,
      },
    ]);
  });

  it('keep since when they were first seen, and go when all agree again', () => {
    const seen = withDifferences(told(ATTACHED, {}), NOW);
    expect(withDifferences(seen, LATER)).toBe(seen);
    const again = withDifferences(told(seen, { domains: [domain('db', 'v2')] }), LATER);
    expect(again.differences).toMatchObject([{ code: 'CLAIM_OF_OTHER_VM', since: LATER }]);
    expect(withDifferences(told(again, { domains: [BY_V1] }), LATER).differences).toEqual([]);
  });
});

describe('fences that are safe to be cleaned', () => {
  it.each<[string, Ledger, unknown[]]>([
    ['nobody has the VF', told(FREE, { uncleaned: [FENCE] }), [FENCE]],
    ['a claim answers for it', told(ATTACHED, { uncleaned: [FENCE] }), []],
    ['a domain holds the VF', told(FREE, { domains: [BY_V1], uncleaned: [FENCE] }), []],
    ['nothing was told', FREE, []],
  ])('%s', (_, ledger, fences) => {
    expect(uncleanedFences(ledger)).toEqual(fences);
  });
});

function domain(name: string, vmId: string | null): Domains['domains'][number] {
  const vfs = [{ pciAddress: VF1, vnicId: null }];
  return { name, vmId, placementId: vmId && 'p1', attempt: vmId ? 1 : null, vfs };
}

function told(ledger: Ledger, change: Partial<Domains>): Ledger {
  const domains = { boot: 1, sequence: 1, machineBoot: 'm1', takenAt: NOW, domains: [], uncleaned: [], ...change };
  return { ...ledger, domains };
}

function inState(state: Ledger['claims'][number]['state']): Ledger {
  return { ...ATTACHED, claims: ATTACHED.claims.map((claim) => ({ ...claim, state })) };
}

function sampleVfs(...vfs: Ledger['vfsConfigs'][number]['vfs']): Pick<Ledger, 'vfsConfigs'> {
  return { vfsConfigs: sampleLedger({ vfs }).vfsConfigs };
}

function reported(): Ledger['report'] {
  return { boot: 1, sequence: 1, digest: 'd', takenAt: NOW, iommu: true, listingDigest: 'd' };
}
