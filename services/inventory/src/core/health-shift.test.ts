import { NO_PCIE_ERRORS } from '@vfleet/contracts/vocabulary/health';
import { describe, expect, it } from 'vitest';
import { claimed, sampleLedger, sampleVf } from '../testing/sample-ledger.ts';
import { withClusterSettings } from './cluster-settings.ts';
import { decideAcknowledge } from './decide-acknowledge.ts';
import { healthNote, healthShifts, withHealth } from './health-shift.ts';
import type { Ledger, LedgerVfsConfig } from './ledger.ts';

const NOW = '2026-01-02T00:00:00.000Z';
const LATER = '2026-01-03T00:00:00.000Z';
const REF = { nic: 'ens11', vfsConfig: 'vfsConfig' };
const FATAL = { health: { carrier: true, pcieErrors: { ...NO_PCIE_ERRORS, fatal: 1 }, acknowledged: NO_PCIE_ERRORS } };
const NO_ERRORS = { health: { ...FATAL.health, pcieErrors: NO_PCIE_ERRORS } };
const HEALTHY = claimed(sampleLedger({ vfs: [sampleVf(0), sampleVf(1)] }));
const ILL = withHealth(changed(HEALTHY, FATAL), NOW);

describe('a PF is unhealthy', () => {
  it('since it was first seen so, whatever is wrong with it since', () => {
    expect(sinceOf(ILL)).toBe(NOW);
    const more = withHealth(changed(ILL, { driver: null }), LATER);
    expect(sinceOf(more)).toBe(NOW);
    expect(healthShifts(ILL, more)).toEqual([]);
    expect(sinceOf(withHealth(changed(more, { driver: 'igb', ...NO_ERRORS }), LATER))).toBeNull();
  });

  it('and told once, to the log with the VMs it hits', () => {
    const [shift, ...others] = healthShifts(HEALTHY, ILL);
    expect([shift?.state, shift?.vms, others]).toEqual(['unhealthy', [{ id: 'v1', name: 'vm-1' }], []]);
    expect(shift && healthNote(ILL, shift, NOW)).toEqual({
      action: 'pfUnhealthy',
      target: '/api/hosts/h1/nics/pci_0000_41_00_0/vfsConfig',
      outcome: 'failed',
      codes: ['PCIE_FATAL_ERRORS'],
      detail:
        'ens11 of host alpha is unhealthy: its PCIe link had 1 fatal errors. Its virtual functions are not given out any more. They are held by vm-1.',
      at: NOW,
    });
  });

  it('and no more', () => {
    const [shift] = healthShifts(ILL, HEALTHY);
    expect(shift && healthNote(HEALTHY, shift, LATER)).toMatchObject({
      action: 'pfHealthy',
      outcome: 'done',
      at: LATER,
    });
  });

  it('is no shift when it is removed or new', () => {
    const gone = { ...ILL, vfsConfigs: [] };
    expect(healthShifts(ILL, gone)).toEqual([]);
    expect(healthShifts(gone, HEALTHY)).toEqual([]);
    expect(healthShifts(gone, ILL)).toHaveLength(1);
  });
});

it('looks at every claim of a host a few times, however many of its PFs fall ill at once', () => {
  const [config] = HEALTHY.vfsConfigs;
  const [claim] = HEALTHY.claims;
  if (!config || !claim) throw new Error('no config or no claim');
  let looks = 0;
  const ids = Array.from({ length: 200 }, (_, n) => `h1-${n}`);
  const claims = ids.map((vfsConfigId) => ({
    ...claim,
    get vfsConfigId() {
      looks++;
      return vfsConfigId;
    },
  }));
  const well = { ...HEALTHY, claims, vfsConfigs: ids.map((id) => ({ ...config, id })) };
  const ill = withHealth({ ...well, vfsConfigs: well.vfsConfigs.map((each) => ({ ...each, ...FATAL })) }, NOW);
  expect(healthShifts(well, ill)).toHaveLength(200);
  expect(looks).toBeLessThan(10 * claims.length);
});

describe('an acknowledgement', () => {
  it('takes what is counted as dealt with, and raises the ETag once', () => {
    const decision = decideAcknowledge(ILL, REF, LATER);
    if (!decision.ok) throw new Error('refused');
    expect(decision.config).toMatchObject({
      unhealthySince: null,
      revision: 2,
      health: { acknowledged: { fatal: 1 } },
    });
    expect(decideAcknowledge(decision.ledger, REF, LATER)).toEqual({ ...decision, config: decision.config });
    expect(decideAcknowledge(HEALTHY, REF, LATER)).toMatchObject({ ledger: HEALTHY });
  });

  it('is refused for what has no VfsConfig', () => {
    expect(decideAcknowledge(ILL, { ...REF, nic: 'eno1' }, LATER)).toMatchObject({
      refusals: [{ code: 'ACTION_TYPE_FAILED_NIC_IS_NOT_SRIOV_ENABLED' }],
    });
  });
});

describe('what a cluster says', () => {
  const dark = changed(HEALTHY, { health: { ...FATAL.health, pcieErrors: null, carrier: false } });
  const says = (requireCarrier: boolean) => ({ get: () => ({ requireCarrier }) });

  it('is taken over with what it makes of health', () => {
    const strict = withClusterSettings(dark, says(true), NOW);
    expect([strict.requireCarrier, sinceOf(strict)]).toEqual([true, NOW]);
    expect(sinceOf(withClusterSettings(strict, says(false), LATER))).toBeNull();
  });

  it('changes nothing when it is so already, or nothing is known of it', () => {
    expect(withClusterSettings(dark, says(false), NOW)).toBe(dark);
    expect(withClusterSettings(dark, { get: () => undefined }, NOW)).toBe(dark);
  });
});

function changed(ledger: Ledger, change: Partial<LedgerVfsConfig>): Ledger {
  return { ...ledger, vfsConfigs: ledger.vfsConfigs.map((config) => ({ ...config, ...change })) };
}

function sinceOf({ vfsConfigs: [config] }: Ledger): string | null | undefined {
  return config?.unhealthySince;
}
