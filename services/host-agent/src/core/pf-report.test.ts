import { describe, expect, it } from 'vitest';
import { type KeptPf, pfReport, type ShownPf } from './pf-report.ts';

const identity = { vendorId: '0x8086', deviceId: '0x10c9', mac: '52:54:00:aa:00:01' };
const shown: ShownPf = {
  pciAddress: '0000:05:00.0',
  driver: 'igb',
  firmware: '1.2',
  identity,
  health: { carrier: true, pcieErrors: null },
  autoprobe: true,
  vfDriverAvailable: true,
  existing: 4,
};
const kept: KeptPf = {
  pciAddress: '0000:05:00.0',
  persisted: 4,
  persistedMtu: null,
  identity,
  settlement: {
    vfsConfigId: 'c1',
    generation: 3,
    wanted: 4,
    wantedMtu: null,
    outcome: { result: 'applied' },
    existing: 4,
  },
  changing: null,
  stuck: null,
  unsupported: null,
  problem: null,
};
const scanned = { isScanned: true };

it('joins what is shown and what is kept', () => {
  expect(pfReport(shown, kept, scanned)).toEqual({
    pciAddress: '0000:05:00.0',
    driver: 'igb',
    firmware: '1.2',
    identity,
    health: { carrier: true, pcieErrors: null },
    autoprobe: true,
    vfDriverAvailable: true,
    persisted: 4,
    persistedMtu: null,
    settlement: kept.settlement,
    changing: null,
    stuck: null,
    unsupported: [],
    warning: null,
  });
});

it('reports the settlement of a PF that vanished', () => {
  expect(pfReport(null, kept, scanned)).toMatchObject({ settlement: kept.settlement, driver: null, identity });
});

describe('warns', () => {
  const another = { ...shown, identity: { ...identity, mac: '52:54:00:aa:00:09' } };
  it.each([
    {
      name: 'F49: of another card',
      shown: another,
      kept,
      says: /another card.*aa:00:01.*aa:00:09.*forget 0000:05:00.0/,
    },
    {
      name: 'F48: of VFs that were not restored',
      shown: { ...shown, existing: 0 },
      kept,
      says: /4 virtual functions are kept .* 0 exist/,
    },
    { name: 'of a missing PF', shown: null, kept, says: /no physical function; .*forget 0000:05:00.0/ },
    { name: 'of a file it cannot read', shown, kept: { ...kept, problem: 'bad file' }, says: /bad file/ },
  ])('$name', ({ shown, kept, says }) => expect(pfReport(shown, kept, scanned).warning).toMatch(says));

  it.each([
    {
      name: 'of nothing on an unmanaged PF',
      shown: { ...another, existing: 1 },
      kept: { ...kept, persisted: null, identity: null },
    },
    {
      name: 'of nothing while it changes',
      shown: { ...shown, existing: 0 },
      kept: { ...kept, changing: { generation: 4, from: 4, to: 7 } },
    },
  ])('$name', ({ shown, kept }) => expect(pfReport(shown, kept, scanned).warning).toBeNull());

  it('of nothing missing while the host cannot be scanned', () => {
    expect(pfReport(null, kept, { isScanned: false }).warning).toBeNull();
  });
});
