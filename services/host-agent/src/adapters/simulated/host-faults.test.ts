import { virtualClock } from '@vfleet/process/virtual-clock';
import { describe, expect, it } from 'vitest';
import { guestsUnderTest } from '../../testing/guests-under-test.ts';
import { DEMO_SCENARIOS } from '../scenarios.ts';
import { simulatedHost } from '../simulated-host.ts';
import type { FaultInput } from './faults.ts';

const MAC = '52:54:00:00:00:01';

/** A machine with four VFs, remade after faults befell it. */
async function remade(...faults: FaultInput[]) {
  const under = await guestsUnderTest({ faults });
  await under.pass(under.host.writeNumVfs(under.pf, 0, 1_000_000));
  await under.pass(under.host.writeNumVfs(under.pf, 4, 1_000_000));
  return under;
}

const PF = '0000:05:00.0';

describe('a PF', () => {
  it('is a plain function while SR-IOV is off', async () => {
    const { host, pf, pass } = await guestsUnderTest({ faults: [{ kind: 'sriov-off', pf: PF }] });
    expect(await host.lookAtPf(pf)).toBeUndefined();
    const { pfs, nics, devices } = await host.scan();
    expect(pfs.some(({ pciAddress }) => pciAddress === pf)).toBe(false);
    expect(nics.some(({ pciAddress }) => pciAddress === pf)).toBe(true);
    expect(devices.pci_0000_05_00_0?.params).not.toHaveProperty('totalvfs');
    expect(await pass(host.writeNumVfs(pf, 2, 1000))).toEqual({ kind: 'errno', errno: 'ENOENT' });
  });

  it('takes no more than the total that is left to it', async () => {
    const { host, pf, pass } = await guestsUnderTest({ faults: [{ kind: 'total-vfs', pf: PF, total: 3 }] });
    expect((await host.lookAtPf(pf))?.totalVfs).toBe(3);
    expect(await pass(host.writeNumVfs(pf, 4, 1000))).toEqual({ kind: 'errno', errno: 'ERANGE' });
  });

  it('stays down while a fault says so', async () => {
    const { host, pf } = await guestsUnderTest();
    const carrier = async () => (await host.lookAtPf(pf))?.health.carrier;
    host.setPfDown(pf);
    const heal = host.inject({ kind: 'pf-stays-down', pf });
    await host.setPfUp(pf);
    expect(await carrier()).toBe(false);
    heal();
    await host.setPfUp(pf);
    expect(await carrier()).toBe(true);
    host.setCarrier(pf, false);
    expect(await carrier()).toBe(false);
  });

  it('counts PCIe errors, those of several faults together', async () => {
    const faults: FaultInput[] = [
      { kind: 'pcie-errors', pf: PF, correctable: 3, nonFatal: 1 },
      { kind: 'pcie-errors', pf: PF, correctable: 1, fatal: 2 },
    ];
    const { host, pf } = await guestsUnderTest({ faults });
    expect((await host.lookAtPf(pf))?.health.pcieErrors).toEqual({ correctable: 4, nonFatal: 1, fatal: 2 });
    host.heal();
    expect((await host.lookAtPf(pf))?.health.pcieErrors).toEqual({ correctable: 0, nonFatal: 0, fatal: 0 });
  });

  it('loses its driver and gets it back at the times of a fault, which the machine tells', async () => {
    const scenario = {
      ...DEMO_SCENARIOS.alpha,
      faults: [{ kind: 'driver-missing' as const, pf: PF, fromBootMs: 500_000, afterBootMs: 600_000 }],
    };
    const { host, pf, clock } = await guestsUnderTest({ scenario });
    let calls = 0;
    host.watch(() => calls++);
    const drivers = [];
    for (let waited = 0; waited < 7; waited++) {
      drivers.push((await host.lookAtPf(pf))?.driver);
      await clock.advance(100_000);
    }
    expect(drivers).toEqual(['igb', 'igb', 'igb', 'igb', 'igb', null, 'igb']);
    expect(calls).toBe(2);
  });

  it('is found at the address of another after both were exchanged, also after a boot', async () => {
    const { host, pf } = await guestsUnderTest();
    const [, , other] = (await host.scan()).pfs;
    const mac = (await host.lookAtPf(pf))?.identity.mac;
    if (!other) throw new Error('the machine has one card only');
    host.swapPfs(pf, other.pciAddress);
    await host.reboot();
    expect((await host.lookAtPf(pf))?.identity.mac).toBe(other.identity.mac);
    expect((await host.lookAtPf(other.pciAddress))?.identity.mac).toBe(mac);
  });
});

describe('VFs', () => {
  it('are renamed some time after their netdevs came', async () => {
    const { host, clock, vfs } = await remade({ kind: 'vf-renamed', pf: PF, name: 'lan%d', afterMs: 5000 });
    const names = async () => (await host.nicsOf(vfs)).map(({ name }) => name);
    await clock.advance(1000);
    expect(await names()).toEqual(['enp5s0f0v0', 'enp5s0f0v1', 'enp5s0f0v2', 'enp5s0f0v3']);
    await clock.advance(5000);
    expect(await names()).toEqual(['lan0', 'lan1', 'lan2', 'lan3']);
  });

  it('are taken by the host when their netdevs come, and left alone once they are free again', async () => {
    const { host, clock, vfs } = await remade({
      kind: 'vf-grabbed',
      pf: PF,
      vf: 1,
      hold: { kind: 'bridge', name: 'br0' },
    });
    await clock.advance(1000);
    const masters = async () => (await host.nicsOf(vfs)).map(({ master }) => master);
    expect(await masters()).toEqual([null, 'br0', null, null]);
    host.letGo(vfs[1]);
    await clock.advance(1000);
    expect(await masters()).toEqual([null, null, null, null]);
  });

  it('that ip does not list are looked for again, and then told to be unreadable', async () => {
    const { host, guests, vfs, pass, pf } = await guestsUnderTest();
    host.inject({ kind: 'vf-unlisted', pf, vf: 0, calls: { times: 3 } });
    expect(await pass(guests.lookAtVf(vfs[0]))).toMatchObject({ pciAddress: vfs[0] });
    host.inject({ kind: 'vf-unlisted', pf, vf: 0, calls: { times: null } });
    await expect(pass(guests.lookAtVf(vfs[0]))).rejects.toThrow(/ip tells nothing of VF 0/);
    expect(await guests.lookAtVf(vfs[1])).toMatchObject({ pciAddress: vfs[1] });
  });

  it('show late what was set', async () => {
    const { host, guests, vfs, clock, pf } = await guestsUnderTest();
    host.inject({ kind: 'vf-set-late', pf, vf: 0, property: 'trust', afterMs: 500 });
    expect(await guests.setVf(vfs[0], { trust: true })).toEqual({ kind: 'done' });
    expect(host.vfSettings(vfs[0]).trust).toBe(false);
    await clock.advance(500);
    expect(host.vfSettings(vfs[0]).trust).toBe(true);
  });

  it('keep what was set where libvirt forgets what it is to give back', async () => {
    const { host, guests, vfs, prepare, pass, pf } = await guestsUnderTest();
    await prepare(vfs[0]);
    host.inject({ kind: 'libvirt-forgets', pf });
    const domain = { vm: { id: 'v1', name: 'v1' }, placementId: 'p1', attempt: 1, domainXml: null, numaNode: null };
    const plugged = {
      kind: 'vf' as const,
      vnic: { id: 'n1', name: 'nic1' },
      mac: MAC,
      guestPciAddress: null,
      bootOrder: null,
      network: { name: 'red', vlanId: 7, mtu: 1500 },
      claim: { claimId: 'c1', pciAddress: vfs[0], fence: 1 },
      properties: {},
    };
    await pass(guests.startPaused({ ...domain, interfaces: [plugged as never] }, 10_000));
    await pass(guests.destroy('v1', 10_000));
    expect(host.vfSettings(vfs[0])).toMatchObject({ mac: MAC, vlanId: 7 });
  });

  it('can vanish while the number counts them, and be made by the hands of others', async () => {
    const { host, vfs, pf, pass } = await guestsUnderTest();
    host.removeVf(vfs[2]);
    expect((await host.lookAtPf(pf))?.existing).toBe(3);
    expect(host.numVfs(pf)).toBe(4);
    expect(await pass(host.writeByHand(pf, 2))).toBe('EBUSY');
    expect(await pass(host.writeByHand(pf, 0))).toBe(null);
    expect(await pass(host.writeByHand(pf, 2))).toBe(null);
    expect((await host.lookAtPf(pf))?.existing).toBe(2);
    expect(host.writes().map(({ count }) => count)).toEqual([4]);
  });
});

describe('a driver', () => {
  const traits = { firstMac: 'zero' as const, spoofCheck: false, ratesNeedCarrier: false };
  const withTraits = (vfTraits: object) => ({
    ...DEMO_SCENARIOS.delta,
    cards: DEMO_SCENARIOS.delta.cards.map((card) => ({ ...card, vfTraits: { ...traits, refuses: {}, ...vfTraits } })),
  });

  it('may check only a VF with a MAC, and keep the MAC of one that is checked (F27)', async () => {
    const { guests, vfs } = await guestsUnderTest({ scenario: withTraits({ spoofCheckNeedsMac: 'EINVAL' }) });
    const refused = { kind: 'errno', errno: 'EINVAL' };
    expect(await guests.setVf(vfs[0], { spoofCheck: true })).toEqual(refused);
    expect(await guests.setVf(vfs[0], { mac: MAC, spoofCheck: true })).toEqual({ kind: 'done' });
    expect(await guests.setVf(vfs[0], { mac: '00:00:00:00:00:00' })).toEqual(refused);
    expect(await guests.setVf(vfs[0], { spoofCheck: false })).toEqual({ kind: 'done' });
    expect(await guests.setVf(vfs[0], { mac: '00:00:00:00:00:00' })).toEqual({ kind: 'done' });
  });

  it('may not let a VLAN be taken off (F31)', async () => {
    const { guests, vfs } = await guestsUnderTest({ scenario: withTraits({ refuses: { noVlan: 'EPERM' } }) });
    expect(await guests.setVf(vfs[0], { vlanId: 5 })).toEqual({ kind: 'done' });
    expect(await guests.setVf(vfs[0], { vlanId: 0 })).toEqual({ kind: 'errno', errno: 'EPERM' });
  });
});

describe('a machine', () => {
  it('that boots anew has no VFs when it is taken up again, and its cards are where they were moved to', async () => {
    const other = '0000:84:00.0';
    const scenario = { ...DEMO_SCENARIOS.alpha, bootsAnew: true, swapsAtBoot: [[PF, other] as [string, string]] };
    const { host, open, pf } = await guestsUnderTest({ scenario });
    const mac = (await host.lookAtPf(pf))?.identity.mac;
    const again = await open();
    expect(await again.bootId()).not.toBe(await host.bootId());
    expect(await again.lookAtPf(other)).toMatchObject({ existing: 0, identity: { mac } });
    await again.reboot();
    expect((await again.lookAtPf(other))?.identity.mac).toBe(mac);
  });

  it('has the domains of its scenario at first', async () => {
    const cards = DEMO_SCENARIOS.alpha.cards.map((card) => ({
      ...card,
      ports: card.ports.map((port) => ({ ...port, vfs: 1 })),
    }));
    const domains = [{ name: 'legacy', vfs: ['0000:05:10.0'] }];
    const host = simulatedHost({
      scenario: { ...DEMO_SCENARIOS.alpha, cards, domains },
      clock: virtualClock(),
      seed: 'a',
    });
    expect(await host.guests.domains()).toMatchObject([
      { name: 'legacy', vmId: null, vfs: [{ pciAddress: '0000:05:10.0' }] },
    ]);
    expect((await host.lookAtPf(PF))?.vfs[0]?.vfio?.open).toBe('yes');
    await host.reboot();
    expect(await host.guests.domains()).toEqual([]);
  });
});
