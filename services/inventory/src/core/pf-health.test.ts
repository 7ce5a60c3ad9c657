import { NO_PCIE_ERRORS } from '@vfleet/contracts/vocabulary/health';
import { describe, expect, it } from 'vitest';
import { claimed, sampleLedger, sampleVf } from '../testing/sample-ledger.ts';
import type { Ledger, LedgerVfsConfig } from './ledger.ts';
import { pfHealth, takePfHealth, whyUnhealthy } from './pf-health.ts';

const AT = '2026-01-02T00:00:00.000Z';
const VFS = { vfs: [sampleVf(0), sampleVf(1)] };
const VM1 = { id: 'v1', name: 'vm-1' };

/** vm-1 holds the second VF. */
type Row = [given: string, change: Partial<LedgerVfsConfig>, state: string, codes: string[], vms: object[]];

const ROWS: Row[] = [
  ['nothing', {}, 'healthy', [], []],
  ['it is missing', { missingSince: AT, vfs: [] }, 'unhealthy', ['PF_MISSING'], [VM1]],
  [
    'its driver is lost, and its VFs with it',
    { driver: null, vfs: [] },
    'unhealthy',
    ['PF_DRIVER_LOST', 'VF_GONE'],
    [VM1],
  ],
  ['it was given away itself', { driver: 'vfio-pci' }, 'unhealthy', ['PF_GIVEN_AWAY'], [VM1]],
  ['a fatal error', errors({ fatal: 1 }), 'unhealthy', ['PCIE_FATAL_ERRORS'], [VM1]],
  ['a fatal error that was acknowledged', errors({ fatal: 1 }, { fatal: 1 }), 'healthy', [], []],
  ['one more than were acknowledged', errors({ fatal: 3 }, { fatal: 2 }), 'unhealthy', ['PCIE_FATAL_ERRORS'], [VM1]],
  ['an error that is not fatal', errors({ nonFatal: 2 }), 'degraded', ['PCIE_NON_FATAL_ERRORS'], [VM1]],
  ['errors that were corrected', errors({ correctable: 900 }), 'healthy', [], []],
  ['no AER', { health: health({ pcieErrors: null }) }, 'healthy', [], []],
  ['no AER any more after an acknowledgement', acknowledgedOnly({ fatal: 3 }), 'healthy', [], []],
  ['no carrier', { health: health({ carrier: false }) }, 'healthy', [], []],
  ['a VF without driver', { vfs: [sampleVf(0, { driver: null }), sampleVf(1)] }, 'degraded', ['VF_WITHOUT_DRIVER'], []],
  ['the VF of a VM without driver', { vfs: [sampleVf(0), sampleVf(1, { driver: null })] }, 'healthy', [], []],
  [
    'VFs without driver, as none is bound',
    { vfs: [sampleVf(0, { driver: null }), sampleVf(1)], expectNetdevs: false },
    'healthy',
    [],
    [],
  ],
  [
    'VFs without driver in a change',
    { vfs: [sampleVf(0, { driver: null }), sampleVf(1)], changingOnHost: true },
    'healthy',
    [],
    [],
  ],
  ['a VF of a VM that is gone', { vfs: [sampleVf(0)] }, 'degraded', ['VF_GONE'], [VM1]],
];

describe('the health of a PF', () => {
  it.each(ROWS)('%s', (_, change, state, codes, vms) => {
    const { problems, ...judged } = judge(change);
    expect(judged).toEqual({ state, vms });
    expect(problems.map(({ code }) => code)).toEqual(codes);
    expect(problems.every(({ text, remedy }) => text !== '' && remedy !== '')).toBe(true);
  });

  it('every problem but that of the carrier is given by one of these rows', () => {
    expect([...new Set(ROWS.flatMap(([, , , codes]) => codes))].sort()).toEqual([
      ...['PCIE_FATAL_ERRORS', 'PCIE_NON_FATAL_ERRORS', 'PF_DRIVER_LOST', 'PF_GIVEN_AWAY', 'PF_MISSING'],
      ...['VF_GONE', 'VF_WITHOUT_DRIVER'],
    ]);
  });

  it.each<[boolean | null, boolean, string]>([
    [false, true, 'unhealthy'],
    [true, true, 'healthy'],
    [null, true, 'healthy'],
    [false, false, 'healthy'],
  ])('carrier %s, required %s: %s', (carrier, requireCarrier, state) => {
    const judged = judge({ health: health({ carrier }) }, { requireCarrier });
    expect(judged.state).toBe(state);
    expect(judged.problems.map(({ code }) => code)).toEqual(state === 'unhealthy' ? ['NO_CARRIER'] : []);
  });

  it('says everything that is wrong, and names no VM that gives its VF back', () => {
    const given = claimed(sampleLedger(VFS));
    const releasing = { ...given, claims: given.claims.map((claim) => ({ ...claim, state: 'releasing' as const })) };
    const change = { driver: null, ...errors({ fatal: 2 }) };
    expect(judge(change, releasing)).toMatchObject({
      problems: [{ code: 'PF_DRIVER_LOST' }, { text: 'its PCIe link had 2 fatal errors' }],
      vms: [],
    });
    expect(whyUnhealthy(releasing, configOf(releasing, change))).toBe(
      'it has no driver bound; its PCIe link had 2 fatal errors',
    );
  });
});

describe('counters of PCIe errors', () => {
  const known = health({ pcieErrors: counts({ correctable: 9, fatal: 3 }), acknowledged: counts({ fatal: 2 }) });

  it.each<[string, ReturnType<typeof counts>, object]>([
    ['rise: what was acknowledged stays so', counts({ correctable: 9, fatal: 4 }), counts({ fatal: 2 })],
    ['stay', counts({ correctable: 9, fatal: 3 }), counts({ fatal: 2 })],
    ['began anew', counts({}), NO_PCIE_ERRORS],
    ['began anew and count a fatal one already', counts({ correctable: 1, fatal: 3 }), NO_PCIE_ERRORS],
  ])('%s', (_, pcieErrors, acknowledged) => {
    expect(takePfHealth(known, { carrier: true, pcieErrors })).toEqual({ carrier: true, pcieErrors, acknowledged });
  });

  it('that are not told now are as they were told last, and can be acknowledged', () => {
    const silent = takePfHealth(known, { carrier: null, pcieErrors: null });
    expect(silent).toEqual({ ...known, carrier: null });
    expect(judge({ health: silent }).problems).toMatchObject([{ text: expect.stringContaining('1 fatal') }]);
  });

  it('that began anew while nobody was told are known by what was acknowledged', () => {
    const silent = takePfHealth(known, { carrier: null, pcieErrors: null });
    expect(takePfHealth(silent, { carrier: null, pcieErrors: counts({ fatal: 1 }) }).acknowledged).toEqual(
      NO_PCIE_ERRORS,
    );
  });
});

function judge(change: Partial<LedgerVfsConfig>, of: Partial<Ledger> = {}) {
  const ledger = { ...claimed(sampleLedger(VFS)), ...of };
  return pfHealth(ledger, configOf(ledger, change));
}

function configOf({ vfsConfigs: [config] }: Ledger, change: Partial<LedgerVfsConfig>): LedgerVfsConfig {
  if (!config) throw new Error('no config');
  return { ...config, ...VFS, ...change };
}

function counts(change: Partial<typeof NO_PCIE_ERRORS>) {
  return { ...NO_PCIE_ERRORS, ...change };
}

function health(change: Partial<LedgerVfsConfig['health']>): LedgerVfsConfig['health'] {
  return { carrier: true, pcieErrors: NO_PCIE_ERRORS, acknowledged: NO_PCIE_ERRORS, ...change };
}

function errors(told: Parameters<typeof counts>[0], acknowledged: Parameters<typeof counts>[0] = {}) {
  return { health: health({ pcieErrors: counts(told), acknowledged: counts(acknowledged) }) };
}

function acknowledgedOnly(acknowledged: Parameters<typeof counts>[0]) {
  return { health: health({ pcieErrors: null, acknowledged: counts(acknowledged) }) };
}
