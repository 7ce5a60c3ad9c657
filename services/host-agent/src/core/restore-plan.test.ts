import { stepName } from '@vfleet/contracts/vocabulary/vfs-change';
import { describe, expect, it } from 'vitest';
import type { PlannedPf } from './plan-num-vfs.ts';
import { decideRestore, isReadyToRestore } from './restore-plan.ts';

const identity = { vendorId: '0x8086', deviceId: '0x10c9', mac: '52:54:00:aa:00:01' };
const pf: PlannedPf = { existing: 0, totalVfs: 7, driver: 'igb', identity, mtu: null, expectNetdevs: true };
const limits = { waitedMs: 60_000, overrideMs: null };

describe('a persisted MTU at boot', () => {
  const kept = { count: 4, identity, mtu: 9000 };
  const steps = (found: Partial<PlannedPf>) => {
    const decided = decideRestore({ ...pf, mtu: 1500, ...found }, kept, limits);
    return decided.ok ? decided.steps.map(stepName).join(', ') : decided.failure.kind;
  };

  it('is set before the VFs are made', () => {
    expect(steps({})).toBe(
      'check holders, set MTU 9000, read back MTU 9000, write 4, read back 4, await 4 VFs, await 4 netdevs, read back 4, PF up',
    );
  });

  it('is set where the number holds already', () => {
    expect(steps({ existing: 4 })).toBe('check holders, set MTU 9000, read back MTU 9000, read back 4, PF up');
  });

  it.each([9000, 9216])('is not set where the PF has %s', (mtu) => {
    expect(steps({ existing: 4, mtu })).toBe('read back 4, PF up');
  });

  it('waits for the driver, though the number holds', () => {
    const held = { ...pf, existing: 4, driver: null };
    expect([isReadyToRestore(held, kept), isReadyToRestore(held, { ...kept, mtu: null })]).toEqual([false, true]);
  });

  it('waits for the netdev, and tells of one that does not come', () => {
    expect([isReadyToRestore(pf, kept), isReadyToRestore({ ...pf, mtu: 1500 }, kept)]).toEqual([false, true]);
    expect(steps({ mtu: null })).toBe('mtu-without-netdev');
    expect(steps({ mtu: null, driver: null })).toBe('driver-missing');
  });
});

describe('a persisted number at boot', () => {
  it('is restored', () => {
    const decided = decideRestore(pf, { count: 4, identity, mtu: null }, limits);
    expect(decided.ok && decided.steps.map(stepName)).toContain('write 4');
  });

  it('of 0 is restored too', () => {
    const decided = decideRestore({ ...pf, existing: 3 }, { count: 0, identity, mtu: null }, limits);
    expect(decided.ok && decided.steps.map(stepName)).toContain('write 0');
  });

  it('kept by vdsm, without a card, is restored', () => {
    expect(decideRestore(pf, { count: 4, identity: null, mtu: null }, limits).ok).toBe(true);
  });

  it.each([
    { name: 'F48: no PF', found: undefined, failure: { kind: 'pf-missing' } },
    { name: 'F48: no driver', found: { ...pf, driver: null }, failure: { kind: 'driver-missing', afterMs: 60_000 } },
    {
      name: 'F49: another card',
      found: { ...pf, identity: { ...identity, mac: '52:54:00:aa:00:02' } },
      failure: { kind: 'other-card', kept: expect.stringContaining('00:01'), found: expect.stringContaining('00:02') },
    },
    { name: 'F2: a smaller card', found: { ...pf, totalVfs: 3 }, failure: { kind: 'over-total', asked: 4 } },
  ])('is not restored: $name', ({ found, failure }) => {
    expect(decideRestore(found, { count: 4, identity, mtu: null }, limits)).toEqual({ ok: false, failure });
  });
});

it.each([
  { name: 'a PF that is not there', found: undefined, ready: false },
  { name: 'a PF without its driver', found: { ...pf, driver: null }, ready: false },
  { name: 'a PF with its driver', found: pf, ready: true },
  { name: 'a PF without its driver that holds the number', found: { ...pf, driver: null, existing: 4 }, ready: true },
])('waits for $name: $ready', ({ found, ready }) => {
  expect(isReadyToRestore(found, { count: 4, identity, mtu: null })).toBe(ready);
});
