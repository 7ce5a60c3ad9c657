import { describe, expect, it } from 'vitest';
import { beginJournal, type Journal } from './journal.ts';

const wanted = { vfsConfigId: 'c1', pciAddress: '0000:05:00.1', generation: 6, numOfVfs: 3, mtu: null };
const startedAt = '2026-01-01T00:00:00.000Z';
const identity = { vendorId: '0x8086', deviceId: '0x10c9', mac: '52:54:00:aa:00:01' };
const other = { ...identity, mac: '52:54:00:aa:00:02' };

it.each([
  { name: 'a managed PF', existing: 4, persisted: { count: 4, identity, mtu: null }, lastKnownGood: 4 },
  { name: 'a PF whose VFs were lost', existing: 0, persisted: { count: 4, identity, mtu: null }, lastKnownGood: 4 },
  { name: 'an unmanaged PF', existing: 2, persisted: null, lastKnownGood: 2 },
  { name: 'a PF set to 0', existing: 5, persisted: { count: 0, identity, mtu: null }, lastKnownGood: 0 },
  { name: 'a number kept by vdsm', existing: 5, persisted: { count: 4, identity: null, mtu: null }, lastKnownGood: 4 },
  {
    name: 'F49: another card than the persisted one',
    existing: 1,
    persisted: { count: 4, identity: other, mtu: null },
    lastKnownGood: 1,
  },
])('the way back of $name', ({ existing, persisted, lastKnownGood }) => {
  const journal = beginJournal({ wanted, found: { existing, identity, mtu: null }, persisted, open: null, startedAt });
  expect(journal).toMatchObject({
    from: existing,
    to: 3,
    foundBefore: existing,
    lastKnownGood,
    persistedBefore: persisted,
  });
});

it('keeps the way back of the change it follows', () => {
  const first = {
    wanted: { ...wanted, generation: 5, numOfVfs: 7 },
    found: { existing: 2, identity, mtu: null },
    persisted: { count: 4, identity, mtu: null },
  };
  const open: Journal = {
    ...beginJournal({ ...first, open: null, startedAt }),
    fallingBack: { code: 'ENOSPC', cause: '', remedy: '' },
  };
  const persisted = { count: 7, identity, mtu: null };
  expect(
    beginJournal({ wanted, found: { existing: 0, identity, mtu: null }, persisted, open, startedAt }),
  ).toMatchObject({
    generation: 6,
    from: 0,
    to: 3,
    foundBefore: 2,
    lastKnownGood: 4,
    persistedBefore: { count: 4, identity, mtu: null },
    fallingBack: null,
  });
});

describe('the MTU a failure returns to', () => {
  const persisted = { count: 4, identity, mtu: null };
  const begun = (mtu: number | null, found: number | null, open: Journal | null = null) =>
    beginJournal({
      wanted: { ...wanted, mtu },
      found: { existing: 4, identity, mtu: found },
      persisted,
      open,
      startedAt,
    }).mtuBefore;

  it('is that found before', () => expect(begun(9000, 1500)).toBe(1500));
  it('is none when none is to be set', () => expect(begun(null, 1500)).toBeNull());
  it('is that of before the change it follows', () => {
    const open = {
      ...beginJournal({ wanted, found: { existing: 4, identity, mtu: null }, persisted, open: null, startedAt }),
      mtuBefore: 1500,
    };
    expect([begun(9000, 4000, open), begun(null, 4000, open)]).toEqual([1500, 1500]);
  });
});
