import { describe, expect, it } from 'vitest';
import { bridgeInterface, domainSpec, vfInterface } from '../../testing/domain-specs.ts';
import { guestsUnderTest } from '../../testing/guests-under-test.ts';
import { DEMO_SCENARIOS } from '../scenarios.ts';

const LONG = 1_000_000;
const VM = 'vm-1';
const DONE = { kind: 'done' };

/** A machine with a VM that runs with its first VF; the second is prepared too. */
async function running(options: Parameters<typeof guestsUnderTest>[0] = {}) {
  const machine = await guestsUnderTest(options);
  const { guests, pass, prepare, vfs } = machine;
  await prepare(vfs[0], vfs[1]);
  expect(await pass(guests.startPaused(domainSpec([vfInterface(vfs[0], { vlanId: 100 })]), LONG))).toEqual(DONE);
  expect(await pass(guests.resume(VM, LONG))).toEqual(DONE);
  return machine;
}

describe('a start', () => {
  it('may fail, and leaves nothing', async () => {
    const { guests, pass, prepare, vfs, host } = await guestsUnderTest();
    await prepare(vfs[0]);
    const before = host.vfSettings(vfs[0]);
    host.inject({ kind: 'start-fails', vmId: VM, message: 'no kernel' });
    const start = () => pass(guests.startPaused(domainSpec([vfInterface(vfs[0], { vlanId: 100 })]), LONG));
    expect(await start()).toEqual({ kind: 'failed', message: 'no kernel' });
    expect(host.domainsNow()).toEqual([]);
    expect(host.vfSettings(vfs[0])).toEqual(before);
    expect(await start()).toEqual(DONE);
  });

  it.each([{ afterMs: 0 }, { afterMs: 500 }])('may die $afterMs ms after it was done (F36)', async ({ afterMs }) => {
    const { guests, pass, prepare, vfs, host, clock, pf } = await guestsUnderTest();
    await prepare(vfs[0]);
    const before = host.vfSettings(vfs[0]);
    host.inject({ kind: 'dies-while-starting', afterMs });
    expect(await pass(guests.startPaused(domainSpec([vfInterface(vfs[0], { vlanId: 100 })]), LONG))).toEqual(DONE);
    expect(host.domainsNow()).toHaveLength(afterMs === 0 ? 0 : 1);
    await clock.advance(1_000);
    expect(host.domainsNow()).toEqual([]);
    expect(host.vfSettings(vfs[0])).toEqual(before);
    expect((await host.lookAtPf(pf))?.vfs[0]?.vfio).toEqual({ open: 'no', holder: null });
    expect(await pass(guests.resume(VM, LONG))).toMatchObject({ kind: 'failed' });
  });

  it('may die when it is to run', async () => {
    const { guests, pass, host } = await guestsUnderTest();
    host.inject({ kind: 'dies-on-resume' });
    await pass(guests.startPaused(domainSpec([]), LONG));
    expect(await pass(guests.resume(VM, LONG))).toMatchObject({ kind: 'failed' });
    expect(host.domainsNow()).toEqual([]);
  });

  it('can be seen and ended while it is under way', async () => {
    const { guests, pass, host, clock } = await guestsUnderTest();
    host.inject({ kind: 'guest-slow', vmId: VM, ms: 60_000 });
    expect(await pass(guests.startPaused(domainSpec([]), 10_000))).toEqual({ kind: 'unfinished' });
    expect(await guests.domains()).toMatchObject([{ vmId: VM, state: 'paused' }]);
    const started = pass(guests.destroy(VM, LONG));
    expect(await started).toEqual(DONE);
    await clock.advance(100_000);
    expect(await guests.domains()).toEqual([]);
  });

  it('fails where the name is in use, or the VF is not alone in its group (F41)', async () => {
    const cards = DEMO_SCENARIOS.alpha.cards.map((card) => ({ ...card, iommu: 'vfs-share' as const }));
    const { guests, pass, prepare, vfs, host } = await guestsUnderTest({
      scenario: { ...DEMO_SCENARIOS.alpha, cards },
    });
    await prepare(...vfs);
    const starting = pass(guests.startPaused(domainSpec([vfInterface(vfs[0])]), LONG));
    expect(await starting).toMatchObject({ kind: 'failed', message: expect.stringMatching(/group \d+ is not viable/) });
    await host.startForeignDomain('vm-1', []);
    expect(await pass(guests.startPaused(domainSpec([]), LONG))).toMatchObject({ kind: 'failed' });
  });
});

it('a domain has its VF open: whoever looks sees its holder, and its VF cannot be removed (F7)', async () => {
  const { guests, pass, host, pf, vfs, clock } = await running();
  expect((await host.lookAtPf(pf))?.vfs[0]).toMatchObject({
    driver: 'vfio-pci',
    vfio: { open: 'yes', holder: expect.stringMatching(/^qemu-system-x86 \(pid \d+, domain vm-1\)$/) },
  });
  expect(await host.holderOf(pf)).toContain(`${vfs[0]} is open through vfio by qemu-system-x86`);
  expect(await pass(host.writeNumVfs(pf, 0, 60_000))).toEqual({ kind: 'unfinished' });
  expect(await pass(guests.destroy(VM, LONG))).toEqual(DONE);
  await clock.advance(10_000);
  expect(host.numVfs(pf)).toBe(0);
});

it('a domain lives on when its agent and all of VFleet end', async () => {
  const { guests, pass, host, open, vfs } = await running();
  await host.close();
  const later = await open();
  expect(await later.guests.domains()).toEqual(await guests.domains());
  expect(await later.guests.interfacesOf(VM)).toEqual(await guests.interfacesOf(VM));
  expect(await pass(later.guests.detach(VM, 'v0', LONG))).toEqual(DONE);
  expect(later.vfSettings(vfs[0]).vlanId).toBe(0);
});

describe('a guest', () => {
  it('may not hear that it is to shut down, and be powered off', async () => {
    const { guests, pass, host, vfs, clock } = await running();
    const end = host.inject({ kind: 'guest-ignores-shutdown' });
    expect(await pass(guests.shutDown(VM, 30_000))).toMatchObject({ kind: 'failed' });
    host.inject({ kind: 'destroy-fails', message: 'Failed to terminate process with SIGKILL' });
    expect(await pass(guests.destroy(VM, 30_000))).toMatchObject({ kind: 'failed' });
    expect(host.domainsNow()).toHaveLength(1);
    end();
    await clock.advance(1);
    expect(host.domainsNow(), 'it hears what it was asked long ago').toEqual([]);
    expect(host.vfSettings(vfs[0]).vlanId).toBe(0);
  });

  it('may refuse to let a VF go, and say so', async () => {
    const { guests, pass, host, pf } = await running();
    const end = host.inject({ kind: 'guest-refuses-unplug', pf, vf: 0, says: true });
    expect(await pass(guests.detach(VM, 'v0', 30_000))).toMatchObject({ kind: 'failed' });
    expect(host.domainsNow()[0]?.interfaces).toHaveLength(1);
    end();
    expect(await pass(guests.detach(VM, 'v0', 30_000))).toEqual(DONE);
  });

  it('may say nothing, and let go long after nobody waits any more (F62)', async () => {
    const { guests, pass, host, clock } = await running();
    const end = host.inject({ kind: 'guest-refuses-unplug', vmId: VM });
    expect(await pass(guests.detach(VM, 'v0', 30_000))).toEqual({ kind: 'unfinished' });
    let calls = 0;
    guests.watch(() => calls++);
    end();
    await clock.advance(1_000);
    expect(host.domainsNow()[0]?.interfaces).toEqual([]);
    expect(calls).toBe(1);
  });

  it('may get a VF not at all, or late', async () => {
    const { guests, pass, host, vfs, clock } = await running();
    const attach = (deadlineMs: number) => pass(guests.attach(VM, vfInterface(vfs[1], { n: 1 }), deadlineMs));
    host.inject({ kind: 'attach-fails', message: 'no slot' });
    expect(await attach(LONG)).toEqual({ kind: 'failed', message: 'no slot' });
    const end = host.inject({ kind: 'attach-hangs' });
    expect(await attach(10_000)).toEqual({ kind: 'unfinished' });
    expect(host.domainsNow()[0]?.interfaces).toHaveLength(1);
    end();
    await clock.advance(1);
    expect(host.domainsNow()[0]?.interfaces).toHaveLength(2);
  });

  it('does not get what it has already, nor an address twice', async () => {
    const { guests, pass, vfs } = await running();
    const attach = (n: number, guestPciAddress: string | null) =>
      pass(guests.attach(VM, vfInterface(vfs[1], { n, guestPciAddress }), LONG));
    expect(await attach(0, null)).toMatchObject({ kind: 'failed', message: expect.stringContaining('Duplicate') });
    expect(await attach(1, '0000:00:05.0')).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('double'),
    });
    expect(await pass(guests.attach(VM, bridgeInterface({ n: 2 }), LONG))).toEqual({
      ...DONE,
      guestPciAddress: '0000:00:06.0',
    });
  });

  it('may die at any time, and its VF is as libvirt found it', async () => {
    const { host, vfs, prepare } = await running();
    await host.killDomain(VM);
    expect(host.domainsNow()).toEqual([]);
    expect(host.vfSettings(vfs[0])).toMatchObject({ vlanId: 0 });
    await prepare(vfs[0]);
    await expect(host.killDomain(VM)).rejects.toThrow();
  });
});

describe('libvirt', () => {
  it('gives no VF that another process has open', async () => {
    const { guests, pass, host, vfs } = await running();
    host.hold(vfs[1], { kind: 'vfio', process: { name: 'dpdk-testpmd', pid: 77 } });
    expect(await pass(guests.attach(VM, vfInterface(vfs[1], { n: 1 }), LONG))).toMatchObject({
      message: expect.stringContaining('Device or resource busy'),
    });
  });

  it('may be away while domains run on', async () => {
    const { guests, pass, host, vfs } = await running();
    const end = host.inject({ kind: 'libvirt-away' });
    const away = { kind: 'failed', message: expect.stringContaining('virtqemud') };
    await expect(guests.domains()).rejects.toThrow(/virtqemud/);
    await expect(guests.interfacesOf(VM)).rejects.toThrow(/virtqemud/);
    expect(await pass(guests.startPaused(domainSpec([], { id: 'vm-2' }), LONG))).toEqual(away);
    expect(await pass(guests.destroy(VM, LONG))).toEqual(away);
    expect(await guests.lookAtVf(vfs[0])).toMatchObject({ driver: 'vfio-pci' });
    expect((await host.scan()).platform.hypervisor).toBeNull();
    end();
    expect((await host.scan()).platform.hypervisor).toBe('simulated');
    expect(await guests.domains()).toMatchObject([{ vmId: VM, state: 'running' }]);
  });

  it('sets another MAC where the driver does not take zeros back (F20)', async () => {
    const { host, pass, guests, vfs } = await running({ scenario: DEMO_SCENARIOS.bravo });
    await pass(guests.destroy(VM, LONG));
    expect(host.vfSettings(vfs[0]).mac).toBe('02:00:00:00:00:00');
  });

  it('shows domains that VFleet did not start, which hold VFs as others do', async () => {
    const { guests, pass, host, vfs, clock, prepare } = await running();
    await host.startForeignDomain('legacy', [vfs[2]]);
    expect(await guests.domains()).toContainEqual({
      name: 'legacy',
      vmId: null,
      placementId: null,
      attempt: null,
      state: 'running',
      vfs: [{ pciAddress: vfs[2], vnicId: null }],
    });
    await expect(host.startForeignDomain('other', [vfs[0]])).rejects.toThrow(vfs[0]);
    const attaching = pass(guests.attach(VM, vfInterface(vfs[2], { n: 2 }), LONG));
    expect(await attaching).toMatchObject({ message: expect.stringContaining('domain legacy') });
    await host.endForeignDomain('legacy');
    await clock.advance(1_000);
    expect(await guests.lookAtVf(vfs[2])).toMatchObject({ driver: 'igbvf', netdev: 'enp5s0f0v2' });
    await prepare(vfs[2]);
    expect(await pass(guests.attach(VM, vfInterface(vfs[2], { n: 2 }), LONG))).toMatchObject(DONE);
  });

  it('counts a VF to its domain though its card was taken out and put back (F53)', async () => {
    const { guests, pass, host, pf, vfs, clock, prepare } = await running();
    host.removePf(pf);
    host.returnPf(pf);
    await pass(host.writeNumVfs(pf, 4, LONG));
    await clock.advance(10_000);
    await prepare(vfs[0]);
    const starting = pass(guests.startPaused(domainSpec([vfInterface(vfs[0])], { id: 'vm-2' }), LONG));
    expect(await starting).toMatchObject({ message: expect.stringContaining(`in use by driver QEMU, domain ${VM}`) });
  });
});

it('a boot takes all domains, and so does a loss of power', async () => {
  const { guests, host, vfs, prepare, pass, pf } = await running();
  await host.reboot();
  expect(await guests.domains()).toEqual([]);
  expect(await guests.lookAtVf(vfs[0])).toBeUndefined();
  await pass(host.writeNumVfs(pf, 2, LONG));
  await prepare(vfs[0]);
  await pass(guests.startPaused(domainSpec([vfInterface(vfs[0])]), LONG));
  await host.powerOff();
  expect(host.domainsNow()).toEqual([]);
  expect(host.numVfs(pf)).toBe(0);
});
