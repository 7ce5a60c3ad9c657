import { wantNext } from '@vfleet/contracts/desired-state';
import type { PfReport, Settlement } from '@vfleet/contracts/vocabulary/host-report';
import { describe, expect, it } from 'vitest';
import { sampleConfig } from '../testing/sample-ledger.ts';
import { pfReport } from '../testing/sample-report.ts';
import { takePfReport } from './take-settlements.ts';

const NOW = '2026-01-01T00:00:10.000Z';
const SPECIFIC = { allNetworksAllowed: false, networkIds: ['n1'], labels: ['tenant'] };

function wanting(allNetworksAllowed: boolean | null, times = 1) {
  let { desired } = sampleConfig();
  for (let n = 0; n < times; n++) desired = wantNext(desired, { numOfVfs: 4, mtu: null, allNetworksAllowed });
  return sampleConfig({ ...SPECIFIC, desired });
}

function reported(settlement: Partial<Settlement>): PfReport {
  const applied = {
    vfsConfigId: 'h1-1',
    generation: 1,
    wanted: 4,
    wantedMtu: null,
    outcome: { result: 'applied' as const },
    existing: 4,
  };
  return { ...pfReport({ ...applied, ...settlement }), persisted: 4 };
}

const FAILED = { result: 'failed', failure: { code: 'EIO', cause: 'c', remedy: 'r' } } as const;

describe('the flag that came with a number', () => {
  it('is saved, clearing networks and labels, by the settlement that applies the number', () => {
    expect(takePfReport(wanting(true), reported({}), NOW)).toMatchObject({
      allNetworksAllowed: true,
      networkIds: [],
      labels: [],
      appliedNumOfVfs: 4,
    });
  });

  it('is dropped when the number failed', () => {
    expect(takePfReport(wanting(true), reported({ outcome: FAILED }), NOW)).toMatchObject({
      ...SPECIFIC,
      appliedNumOfVfs: null,
    });
  });

  it('is dropped when its generation was overtaken, whatever became of it', () => {
    const overtaken = takePfReport(wanting(true, 2), reported({ generation: 1 }), NOW);
    expect(overtaken).toMatchObject({ ...SPECIFIC, appliedNumOfVfs: 4, desired: { generation: 2, settled: 1 } });
  });

  it('is not applied twice by a report that is said again', () => {
    const once = takePfReport(wanting(true), reported({}), NOW);
    const changed = { ...once, ...SPECIFIC };
    expect(takePfReport(changed, reported({}), NOW)).toMatchObject(SPECIFIC);
  });
});

it('holds the MTU in force that a settlement has applied, and no other', () => {
  const known = { ...wanting(null), appliedNumOfVfs: 4, appliedMtu: 1500 };
  expect(takePfReport(known, reported({ wantedMtu: 9000 }), NOW).appliedMtu).toBe(9000);
  expect(takePfReport(known, reported({ wantedMtu: 9000, outcome: FAILED }), NOW).appliedMtu).toBe(1500);
});

it('does not take the number alone for the MTU that was wanted with it', () => {
  const config = sampleConfig();
  const desired = wantNext(config.desired, { numOfVfs: 4, mtu: 9000, allNetworksAllowed: null });
  const told = takePfReport({ ...config, desired }, reported({ wantedMtu: null }), NOW);
  expect(told).toMatchObject({
    ...{ appliedNumOfVfs: 4, appliedMtu: null },
    desired: { settled: 1, settlements: [{ result: 'failed', failure: { code: 'MTU_NOT_KNOWN' } }] },
  });
  expect(takePfReport({ ...config, desired }, reported({ wantedMtu: 9000 }), NOW).desired).toMatchObject({
    settlements: [{ result: 'applied', failure: null }],
  });
});

it('goes by the MTU that the host restores until it has applied one itself', () => {
  const host = { ...pfReport(), persisted: 4, persistedMtu: 9000 };
  const added = takePfReport(sampleConfig(), host, NOW);
  expect(added.appliedMtu).toBe(9000);
  const applied = takePfReport({ ...added, appliedNumOfVfs: 4, appliedMtu: 1500 }, host, NOW);
  expect(applied.appliedMtu).toBe(1500);
});

it('does not take a settlement of another VfsConfig id', () => {
  const config = wanting(null);
  expect(takePfReport(config, reported({ vfsConfigId: 'h1-9' }), NOW).desired).toBe(config.desired);
});

it('shows stuck and warning as the agent says them, and lets go of them when it does', () => {
  const stuck = { since: NOW, from: 4, to: 0, holder: 'pid 7' };
  const told = takePfReport(sampleConfig(), { ...reported({}), settlement: null, stuck, warning: 'another card' }, NOW);
  expect(told).toMatchObject({ stuck, warning: 'another card' });
  expect(takePfReport(told, { ...reported({}), settlement: null }, NOW)).toMatchObject({ stuck: null, warning: null });
});

it.each([
  [true, true, true],
  [false, true, false],
  [true, false, false],
])('expects netdevs of new VFs where autoprobe (%s) and their driver (%s) are there', (autoprobe, driver, expected) => {
  const told = { ...pfReport(), autoprobe, vfDriverAvailable: driver };
  expect(takePfReport(sampleConfig(), told, NOW).expectNetdevs).toBe(expected);
});
