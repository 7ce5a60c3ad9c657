import { describe, expect, it } from 'vitest';
import type { VfSettings } from '../../guests.ts';
import { guestsUnderTest } from '../../testing/guests-under-test.ts';
import { DEMO_SCENARIOS } from '../scenarios.ts';

const MAC = '52:54:00:00:00:01';
const refused = (errno: string) => ({ kind: 'errno', errno });
const DONE = { kind: 'done' };

type Row = { driver: keyof typeof DEMO_SCENARIOS; wanted: Partial<VfSettings>; change: object };

describe('a driver', () => {
  it.each<Row>([
    { driver: 'alpha', wanted: { mac: '00:00:00:00:00:00' }, change: refused('EADDRNOTAVAIL') },
    { driver: 'bravo', wanted: { mac: '00:00:00:00:00:00' }, change: refused('EINVAL') },
    { driver: 'charlie', wanted: { mac: '00:00:00:00:00:00' }, change: DONE },
    { driver: 'delta', wanted: { mac: '00:00:00:00:00:00' }, change: DONE },
    { driver: 'alpha', wanted: { linkState: 'enable' }, change: refused('EOPNOTSUPP') },
    { driver: 'bravo', wanted: { linkState: 'enable' }, change: DONE },
    { driver: 'alpha', wanted: { minTxRate: 10, maxTxRate: 100 }, change: refused('EINVAL') },
    { driver: 'bravo', wanted: { minTxRate: 10, maxTxRate: 100 }, change: refused('EINVAL') },
    { driver: 'charlie', wanted: { minTxRate: 10, maxTxRate: 100 }, change: refused('EINVAL') },
    { driver: 'delta', wanted: { minTxRate: 10, maxTxRate: 100 }, change: DONE },
    { driver: 'delta', wanted: { minTxRate: 200, maxTxRate: 100 }, change: refused('EINVAL') },
    { driver: 'delta', wanted: { minTxRate: 200, maxTxRate: 0 }, change: DONE },
    { driver: 'alpha', wanted: { maxTxRate: 1000 }, change: DONE },
    { driver: 'alpha', wanted: { maxTxRate: 1001 }, change: refused('EINVAL') },
    { driver: 'charlie', wanted: { vlanId: 5, vlanProtocol: '802.1ad' }, change: refused('EPROTONOSUPPORT') },
    { driver: 'alpha', wanted: { trust: true, spoofCheck: false }, change: DONE },
  ])('of $driver answers $wanted with $change', async ({ driver, wanted, change }) => {
    const { guests, vfs, host } = await guestsUnderTest({ scenario: DEMO_SCENARIOS[driver] });
    const before = host.vfSettings(vfs[0]);
    expect(await guests.setVf(vfs[0], wanted)).toEqual(change);
    expect(host.vfSettings(vfs[0])).toEqual(change === DONE ? { ...before, ...wanted } : before);
  });

  it.each([
    { driver: 'alpha' as const, first: { spoofCheck: true }, zero: false },
    { driver: 'bravo' as const, first: { spoofCheck: true }, zero: true },
    { driver: 'charlie' as const, first: { spoofCheck: true }, zero: true },
    { driver: 'delta' as const, first: { spoofCheck: false }, zero: true },
  ])('of $driver makes VFs with $first, MAC of zeros: $zero', async ({ driver, first, zero }) => {
    const { guests, vfs } = await guestsUnderTest({ scenario: DEMO_SCENARIOS[driver] });
    const seen = await guests.lookAtVf(vfs[0]);
    expect(seen?.settings).toMatchObject({
      ...first,
      vlanId: 0,
      vlanQos: 0,
      vlanProtocol: '802.1Q',
      trust: false,
      linkState: 'auto',
      minTxRate: 0,
      maxTxRate: 0,
    });
    expect(seen?.settings.mac === '00:00:00:00:00:00').toBe(zero);
  });

  it('knows no rate without a carrier', async () => {
    const cards = DEMO_SCENARIOS.alpha.cards.map((card) => ({
      ...card,
      ports: card.ports.map((port) => ({ ...port, carrier: false })),
    }));
    const { guests, vfs } = await guestsUnderTest({ scenario: { ...DEMO_SCENARIOS.alpha, cards } });
    expect(await guests.setVf(vfs[0], { maxTxRate: 100 })).toEqual(refused('EINVAL'));
    expect(await guests.setVf(vfs[0], { minTxRate: 0, maxTxRate: 0 })).toEqual(DONE);
  });
});

describe('one command', () => {
  it('stops at what is refused, and what it set before stays (F28)', async () => {
    const { guests, vfs, host } = await guestsUnderTest();
    const change = await guests.setVf(vfs[0], { mac: MAC, vlanId: 100, linkState: 'enable', trust: true });
    expect(change).toEqual(refused('EOPNOTSUPP'));
    expect(host.vfSettings(vfs[0])).toMatchObject({ mac: MAC, vlanId: 100, linkState: 'auto', trust: false });
  });

  it('clears the rate that it does not set (F29)', async () => {
    const { guests, vfs, host } = await guestsUnderTest({ scenario: DEMO_SCENARIOS.delta });
    await guests.setVf(vfs[0], { minTxRate: 10, maxTxRate: 100 });
    await guests.setVf(vfs[0], { maxTxRate: 50 });
    expect(host.vfSettings(vfs[0])).toMatchObject({ minTxRate: 0, maxTxRate: 50 });
  });

  it('is refused as often as a fault says, then done (F23, F31)', async () => {
    const { guests, vfs, host, pf } = await guestsUnderTest();
    host.inject({ kind: 'vf-set-errno', pf, vf: 1, property: 'mac', errno: 'EAGAIN', calls: { times: 2 } });
    host.inject({ kind: 'vf-set-errno', pf, property: 'vlan', errno: 'EPERM', calls: { skip: 1 } });
    expect(await guests.setVf(vfs[0], { mac: MAC })).toEqual(DONE);
    expect(await guests.setVf(vfs[1], { mac: MAC })).toEqual(refused('EAGAIN'));
    expect(await guests.setVf(vfs[1], { mac: MAC })).toEqual(refused('EAGAIN'));
    expect(await guests.setVf(vfs[1], { mac: MAC, vlanId: 5 })).toEqual(DONE);
    expect(await guests.setVf(vfs[0], { vlanId: 0 })).toEqual(refused('EPERM'));
  });

  it('may be accepted and change nothing', async () => {
    const { guests, vfs, host, pf } = await guestsUnderTest();
    const before = host.vfSettings(vfs[0]);
    host.inject({ kind: 'vf-set-ignored', pf, property: 'mac' });
    expect(await guests.setVf(vfs[0], { mac: MAC, vlanId: 5 })).toEqual(DONE);
    expect(host.vfSettings(vfs[0])).toEqual({ ...before, vlanId: 5 });
    expect(await guests.setVf(vfs[0], { mac: MAC })).toEqual(DONE);
    expect(host.vfSettings(vfs[0]).mac).toBe(MAC);
  });

  it('is refused while the PF changes its VFs, and must not be sent beside another of the PF (F30)', async () => {
    const { guests, vfs, host, pf, clock } = await guestsUnderTest();
    await expect(
      Promise.all([guests.setVf(vfs[0], { mac: MAC }), guests.setVf(vfs[1], { vlanId: 5 })]),
    ).rejects.toThrow(/at once/);
    host.inject({ kind: 'overlap-errno', pf, errno: 'EBUSY' });
    expect(await Promise.all([guests.setVf(vfs[0], { mac: MAC }), guests.setVf(vfs[1], { vlanId: 6 })])).toEqual([
      DONE,
      refused('EBUSY'),
    ]);
    void host.writeNumVfs(pf, 0, 1_000_000);
    await clock.advance(0);
    expect(await guests.setVf(vfs[1], { vlanId: 7 })).toEqual(refused('EAGAIN'));
  });
});

it('F9: new VFs have nothing of what was set on those before', async () => {
  const { guests, vfs, host, pf, pass } = await guestsUnderTest({ scenario: DEMO_SCENARIOS.bravo });
  const first = host.vfSettings(vfs[0]);
  await guests.setVf(vfs[0], { mac: MAC, vlanId: 100, trust: true, maxTxRate: 100 });
  await pass(host.writeNumVfs(pf, 0, 1_000_000));
  await pass(host.writeNumVfs(pf, 4, 1_000_000));
  expect(host.vfSettings(vfs[0])).toEqual(first);
});
