import { describe, expect, it } from 'vitest';
import { guestsUnderTest } from '../../testing/guests-under-test.ts';
import { DEMO_SCENARIOS } from '../scenarios.ts';

const LONG = 1_000_000;
const DONE = { kind: 'done' };

describe('a VF that is bound', () => {
  it('to its network driver has its netdev after the time of its driver, with the MAC set on it (F15, F16)', async () => {
    const { guests, vfs, prepare, clock, pass, host, pf } = await guestsUnderTest();
    await prepare(vfs[0]);
    await guests.setVf(vfs[0], { mac: '52:54:00:00:00:01' });
    const binding = guests.bindVf(vfs[0], 'network', LONG);
    await clock.advance(0);
    expect(await guests.lookAtVf(vfs[0])).toMatchObject({ driver: 'igbvf', netdev: null });
    await pass(binding);
    expect(await guests.lookAtVf(vfs[0])).toMatchObject({ driver: 'igbvf', netdev: 'enp5s0f0v0' });
    expect((await host.nicsOf([vfs[0]]))[0]?.mac).toBe('52:54:00:00:00:01');
    expect((await host.lookAtPf(pf))?.vfs[0]).toMatchObject({ driver: 'igbvf', vfio: null, netns: 'here' });
  });

  it('has another MAC of its own every time, where none was set (F21)', async () => {
    const { guests, vfs, prepare, pass, host } = await guestsUnderTest({ scenario: DEMO_SCENARIOS.delta });
    const macs = new Set<string | null>();
    for (let time = 0; time < 3; time++) {
      await prepare(vfs[0]);
      await pass(guests.bindVf(vfs[0], 'network', LONG));
      macs.add((await host.nicsOf([vfs[0]]))[0]?.mac ?? null);
    }
    expect(macs.size).toBe(3);
  });

  it('to vfio-pci without a process that has it open keeps no writer waiting, and is seen as held by nobody', async () => {
    const { vfs, prepare, pass, host, pf } = await guestsUnderTest();
    await prepare(vfs[0]);
    expect((await host.lookAtPf(pf))?.vfs[0]?.vfio).toEqual({ open: 'no', holder: null });
    expect(await pass(host.writeNumVfs(pf, 0, LONG))).toEqual({ kind: 'written' });
  });

  it('may be refused', async () => {
    const { guests, vfs, prepare, host, pf } = await guestsUnderTest();
    host.inject({ kind: 'bind-errno', pf, to: 'network', errno: 'EBUSY' });
    await prepare(vfs[0]);
    expect(await guests.bindVf(vfs[0], 'network', LONG)).toEqual({ kind: 'errno', errno: 'EBUSY' });
    expect(await guests.lookAtVf(vfs[0])).toMatchObject({ driver: 'vfio-pci' });
  });

  it('is not let go by the kernel while a process has it open; that goes on though nobody waits', async () => {
    const { guests, vfs, prepare, pass, host, clock } = await guestsUnderTest();
    await prepare(vfs[0]);
    host.hold(vfs[0], { kind: 'vfio', process: { name: 'qemu-kvm', pid: 4242 } });
    expect(await pass(guests.bindVf(vfs[0], 'network', 5_000))).toEqual({ kind: 'errno', errno: 'ETIMEDOUT' });
    expect(await guests.lookAtVf(vfs[0])).toMatchObject({ driver: 'vfio-pci' });
    host.hold(vfs[0], { kind: 'vfio', process: null });
    await clock.advance(1_000);
    expect(await guests.lookAtVf(vfs[0])).toMatchObject({ driver: 'igbvf', netdev: 'enp5s0f0v0' });
  });

  it('may have its netdev late, or never, and its driver all the same', async () => {
    const { guests, vfs, prepare, pass, host, pf, clock } = await guestsUnderTest();
    host.inject({ kind: 'netdev-late-after-unbind', pf, vf: 0, afterMs: 8_000 });
    host.inject({ kind: 'netdev-never', pf, vf: 1 });
    await prepare(vfs[0], vfs[1]);
    expect(await pass(guests.bindVf(vfs[1], 'network', 5_000))).toEqual(DONE);
    expect(await pass(guests.bindVf(vfs[0], 'network', 5_000))).toEqual(DONE);
    expect(await guests.lookAtVf(vfs[0])).toMatchObject({ driver: 'igbvf', netdev: null });
    let calls = 0;
    host.watch(() => calls++);
    await clock.advance(10_000);
    expect(calls).toBe(1);
    expect(await guests.lookAtVf(vfs[0])).toMatchObject({ driver: 'igbvf', netdev: 'enp5s0f0v0' });
    expect(await guests.lookAtVf(vfs[1])).toMatchObject({ driver: 'igbvf', netdev: null });
  });

  it('may have its netdev only then', async () => {
    const faults = [{ kind: 'netdev-never', pf: '0000:05:00.0', vf: 0, healsOnRebind: true } as const];
    const { guests, vfs, prepare, pass } = await guestsUnderTest({ scenario: { ...DEMO_SCENARIOS.alpha, faults } });
    expect(await guests.lookAtVf(vfs[0])).toMatchObject({ driver: 'igbvf', netdev: null });
    await prepare(vfs[0]);
    await pass(guests.bindVf(vfs[0], 'network', 5_000));
    expect(await guests.lookAtVf(vfs[0])).toMatchObject({ driver: 'igbvf', netdev: 'enp5s0f0v0' });
  });

  it('has no driver back where none is there to be had', async () => {
    const cards = DEMO_SCENARIOS.alpha.cards.map((card) => ({ ...card, vfDriverAvailable: false }));
    const { guests, vfs, prepare, pass } = await guestsUnderTest({ scenario: { ...DEMO_SCENARIOS.alpha, cards } });
    await prepare(vfs[0]);
    expect(await pass(guests.bindVf(vfs[0], 'network', 5_000))).toEqual(DONE);
    expect(await guests.lookAtVf(vfs[0])).toMatchObject({ driver: null, netdev: null });
  });

  it('needs an IOMMU for vfio-pci', async () => {
    const { guests, vfs } = await guestsUnderTest({ scenario: { ...DEMO_SCENARIOS.alpha, iommu: false } });
    expect(await guests.bindVf(vfs[0], 'vfio-pci', LONG)).toEqual({ kind: 'errno', errno: 'EINVAL' });
  });
});

it('the machine remembers what is set and bound', async () => {
  const { guests, vfs, prepare, open, host } = await guestsUnderTest();
  await prepare(vfs[0]);
  await guests.setVf(vfs[0], { mac: '52:54:00:00:00:01', vlanId: 100 });
  await host.close();
  const later = await open();
  expect(await later.guests.lookAtVf(vfs[0])).toEqual(await guests.lookAtVf(vfs[0]));
  expect(await later.scan()).toEqual(await host.scan());
});
