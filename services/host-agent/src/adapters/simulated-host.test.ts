import { HostDevListByCaps } from '@vfleet/contracts/vocabulary/host-device';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { describe, expect, it } from 'vitest';
import { describeReading, describeWriting } from '../host-conformance.ts';
import { describeCounters, describeMtu } from '../pf-conformance.ts';
import { memoryFiles } from '../testing/memory-files.ts';
import { passing, until } from '../testing/passing.ts';
import { DEMO_SCENARIOS, withoutTime } from './scenarios.ts';
import { openSimulatedMemory } from './simulated/memory.ts';
import type { ScenarioInput } from './simulated/scenario.ts';
import { simulatedHost } from './simulated-host.ts';

const PF = '0000:05:00.0';
const PF1 = '0000:05:00.1';
const LONG = 1_000_000;

function machine(changes: Partial<ScenarioInput> = {}) {
  const clock = virtualClock();
  const host = simulatedHost({ scenario: { ...DEMO_SCENARIOS.alpha, ...changes }, clock, seed: 'alpha' });
  const write = (count: number, pf = PF) => passing(clock, host.writeNumVfs(pf, count, LONG));
  const vfs = async (pf = PF) => (await host.lookAtPf(pf))?.vfs ?? [];
  return { clock, host, write, vfs };
}

for (const [name, scenario] of Object.entries(DEMO_SCENARIOS)) {
  const open = async (with_: ScenarioInput) => {
    const clock = virtualClock();
    const host = simulatedHost({ scenario: with_, clock, seed: name });
    return {
      host,
      pf: scenario.cards[0]?.address ?? '',
      passing: <Value>(promise: Promise<Value>) => passing(clock, promise),
      close: () => host.close(),
    };
  };
  const withVfs = (input: ScenarioInput): ScenarioInput => ({
    ...input,
    cards: input.cards.map((card) => ({ ...card, ports: card.ports.map((port) => ({ ...port, vfs: 3 })) })),
  });
  describeReading(`the simulated ${name}`, () => open(withVfs(scenario)));
  describeReading(`the simulated ${name} in switchdev mode`, () => {
    const cards = withVfs(scenario).cards.map((card) => ({ ...card, switchdev: true }));
    return open({ ...scenario, cards });
  });
  describeWriting(`the simulated ${name}`, () => open(scenario));
  describeMtu(`the simulated ${name}`, () => open(scenario));
  describeCounters(`the simulated ${name}`, () => open(scenario));
  describeWriting(`the simulated ${name} without time`, () => open(withoutTime(scenario)));
}

describe('VFs', () => {
  it('interleave on a dual-port card and have groups of their own', async () => {
    const { write, vfs, host } = machine();
    await write(2);
    await write(2, PF1);
    expect((await vfs(PF)).map(({ pciAddress }) => pciAddress)).toEqual(['0000:05:10.0', '0000:05:10.2']);
    expect((await vfs(PF1)).map(({ pciAddress }) => pciAddress)).toEqual(['0000:05:10.1', '0000:05:10.3']);
    const { devices } = await host.scan();
    const groups = Object.values(devices).flatMap(({ params }) => (params.physfn ? [params.iommu_group] : []));
    expect(new Set(groups).size).toBe(4);
    HostDevListByCaps.parse(JSON.parse(JSON.stringify(devices)));
  });

  it('F9: come back with new MACs and new groups', async () => {
    const { write, host, clock } = machine();
    const seen = async () => {
      await until(clock, async () => (await host.nicsOf(['0000:05:10.0'])).length === 1);
      const [nic] = await host.nicsOf(['0000:05:10.0']);
      return [nic?.mac, (await host.scan()).devices.pci_0000_05_10_0?.params.iommu_group];
    };
    await write(2);
    const before = await seen();
    await write(0);
    await write(2);
    const after = await seen();
    expect(after[0]).not.toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
  });

  it('F10: have their netdevs later than their links', async () => {
    const { write, vfs, clock } = machine();
    await write(7);
    expect((await vfs()).some(({ netns }) => netns === 'none')).toBe(true);
    await until(clock, async () => (await vfs()).every(({ netns }) => netns === 'here'));
  });

  it('F12: may be linked only after the write has ended', async () => {
    const { write, vfs, host, clock } = machine({ faults: [{ kind: 'links-late', pf: PF, afterMs: 900 }] });
    await write(4);
    expect((await vfs()).length).toBeLessThan(4);
    expect(host.numVfs(PF)).toBe(4);
    await clock.advance(1000);
    expect((await vfs()).length).toBe(4);
  });

  it('appear one after the other while a write runs', async () => {
    const { host, vfs, clock } = machine();
    const writing = host.writeNumVfs(PF, 7, LONG);
    await clock.advance(1200);
    expect((await vfs()).length).toBeGreaterThan(0);
    expect((await vfs()).length).toBeLessThan(7);
    expect(await host.writerAlive(PF)).toBe(true);
    await passing(clock, writing);
    expect((await vfs()).length).toBe(7);
  });

  it.each([
    { name: 'without autoprobe', change: { autoprobe: false } },
    { name: 'without their driver', change: { vfDriverAvailable: false } },
  ])('have no netdevs $name', async ({ change }) => {
    const cards = DEMO_SCENARIOS.alpha.cards.map((card) => ({ ...card, ...change }));
    const { write, vfs, clock } = machine({ cards });
    await write(2);
    await clock.advance(60_000);
    expect((await vfs()).map(({ driver, netns }) => [driver, netns])).toEqual([
      [null, 'none'],
      [null, 'none'],
    ]);
  });
});

describe('a machine', () => {
  it('loses VFs, writers and groups in a reboot', async () => {
    const { host, write, vfs, clock } = machine();
    const boot = await host.bootId();
    await write(3);
    void host.writeNumVfs(PF1, 7, LONG);
    await clock.advance(500);
    await host.reboot();
    expect(await host.bootId()).not.toBe(boot);
    expect(await vfs()).toEqual([]);
    expect(await host.writerAlive(PF1)).toBe(false);
    await clock.advance(60_000);
    expect(host.numVfs(PF1)).toBe(0);
  });

  it('may lose a PF and find another card in its place', async () => {
    const { host, write } = machine();
    await write(3);
    host.removePf(PF);
    expect(await host.lookAtPf(PF)).toBeUndefined();
    expect(await write(3)).toEqual({ kind: 'errno', errno: 'ENOENT' });
    host.returnPf(PF, { mac: '90:e2:ba:ff:ff:ff', totalVfs: 3 });
    expect(await host.lookAtPf(PF)).toMatchObject({ existing: 0, totalVfs: 3, identity: { mac: '90:e2:ba:ff:ff:ff' } });
  });

  it('shows what holds a VF', async () => {
    const { host, write, vfs, clock } = machine();
    await write(7);
    await clock.advance(1_000);
    host.hold('0000:05:10.0', { kind: 'netns', name: 'blue' });
    host.hold('0000:05:10.2', { kind: 'macvtap', name: 'macvtap0' });
    host.hold('0000:05:10.4', { kind: 'bridge', name: 'br0' });
    host.hold('0000:05:10.6', { kind: 'vlan', name: 'enp5s0f0v3.55', vlanId: 55 });
    host.hold('0000:05:11.0', { kind: 'bond', name: 'bond7' });
    host.hold('0000:05:11.2', { kind: 'address', address: '192.0.2.9/24' });
    host.hold('0000:05:11.4', { kind: 'vfio', process: null, readable: false });
    const { nics } = await host.scan();
    const nic = (name: string) => nics.find((each) => each.name === name);
    expect((await vfs())[0]?.netns).toBe('moved');
    expect(nic('enp5s0f0v0')).toBeUndefined();
    expect(nic('enp5s0f0v1')?.uppers).toEqual([{ name: 'macvtap0', kind: 'macvtap' }]);
    expect(nic('enp5s0f0v2')).toMatchObject({ master: 'br0', uppers: [{ name: 'br0', kind: 'bridge' }] });
    expect(nic('enp5s0f0v3')?.uppers).toEqual([{ name: 'enp5s0f0v3.55', kind: 'vlan' }]);
    expect(nic('enp5s0f0v3.55')?.vlanId).toBe(55);
    expect(nic('enp5s0f0v4')?.master).toBe('bond7');
    expect(nic('enp5s0f0v5')?.addresses).toEqual(['192.0.2.9/24']);
    expect((await vfs())[6]).toMatchObject({
      driver: 'vfio-pci',
      vfio: { open: 'unreadable', holder: null },
      netns: 'none',
    });
  });

  it('outlives the process that simulates it, and so does its writer', async () => {
    const files = memoryFiles();
    const clock = virtualClock();
    const open = async () =>
      simulatedHost({
        scenario: DEMO_SCENARIOS.alpha,
        clock,
        seed: 'a',
        memory: await openSimulatedMemory(files, 'alpha.json'),
      });
    const first = await open();
    await passing(clock, first.writeNumVfs(PF, 3, LONG));
    void first.writeNumVfs(PF1, 7, LONG);
    await clock.advance(700);
    const before = await first.scan();
    await first.close();

    const second = await open();
    expect(await second.scan()).toEqual(before);
    expect(await second.bootId()).toBe(await first.bootId());
    expect(await second.writerAlive(PF1)).toBe(true);
    await until(clock, async () => !(await second.writerAlive(PF1)));
    expect(second.numVfs(PF1)).toBe(7);
  });

  it('refuses a memory it cannot read', async () => {
    await expect(openSimulatedMemory(memoryFiles({ 'alpha.json': '{' }), 'alpha.json')).rejects.toThrow(/alpha.json/);
  });

  it('refuses a scenario that is none', () => {
    expect(() => machine({ timeScale: -1 })).toThrow();
    expect(() => machine({ holds: [{ vf: '0000:05:10.0', hold: { kind: 'netns', name: 'x' } }] })).toThrow(
      /0000:05:10.0/,
    );
  });
});
