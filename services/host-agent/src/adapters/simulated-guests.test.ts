import { virtualClock } from '@vfleet/process/virtual-clock';
import { describe, expect, it } from 'vitest';
import { domainSpec, vfInterface } from '../testing/domain-specs.ts';
import { memoryFiles } from '../testing/memory-files.ts';
import { passing } from '../testing/passing.ts';
import { DEMO_SCENARIOS } from './scenarios.ts';
import { openSimulatedMemory } from './simulated/memory.ts';
import type { ScenarioInput } from './simulated/scenario.ts';
import { simulatedHost } from './simulated-host.ts';

const PF = '0000:05:00.0';
const VF = '0000:05:10.0';
const OTHER_VF = '0000:05:10.2';
const LONG = 1_000_000;

async function machine({ faults = [] }: { faults?: ScenarioInput['faults'] } = {}) {
  const clock = virtualClock();
  const files = memoryFiles();
  const scenario: ScenarioInput = { ...DEMO_SCENARIOS.alpha, ...(faults ? { faults } : {}) };
  const open = async () =>
    simulatedHost({ scenario, clock, seed: 'alpha', memory: await openSimulatedMemory(files, 'machine.json') });
  const host = await open();
  await passing(clock, host.writeNumVfs(PF, 4, LONG));
  await clock.advance(10_000);
  const pass = <Value>(promise: Promise<Value>) => passing(clock, promise);
  const prepare = async (...vfs: string[]) => {
    for (const vf of vfs) await pass(host.guests.bindVf(vf, 'vfio-pci', LONG));
  };
  return { clock, host, guests: host.guests, open, pass, prepare };
}

describe('a domain', () => {
  it('has its VF open, blocks its removal (F7), and lives on when its agent and all of VFleet end', async () => {
    const { clock, host, guests, open, pass, prepare } = await machine();
    await prepare(VF);
    expect(await pass(guests.startPaused(domainSpec([vfInterface(VF, { vlanId: 100 })]), LONG))).toEqual({
      kind: 'done',
    });
    expect(await pass(guests.resume('vm-1', LONG))).toEqual({ kind: 'done' });
    await host.close();

    const later = await open();
    expect(await later.guests.domains()).toEqual(await guests.domains());
    expect(later.domainsNow()).toMatchObject([{ vmId: 'vm-1', attempt: 1, state: 'running' }]);
    expect((await later.lookAtPf(PF))?.vfs[0]?.vfio).toEqual({
      open: 'yes',
      holder: expect.stringMatching(/^qemu-system-x86 \(pid \d+, domain vm-1\)$/),
    });
    expect(await pass(later.writeNumVfs(PF, 0, 60_000))).toEqual({ kind: 'unfinished' });
    await passing(clock, later.guests.destroy('vm-1', LONG));
    await clock.advance(10_000);
    expect(later.numVfs(PF)).toBe(0);
  });

  it('F25: gets MAC and VLAN from libvirt, which gives back what was there before', async () => {
    const { host, guests, pass, prepare } = await machine();
    const fresh = host.vfSettings(VF);
    await prepare(VF);
    await pass(guests.startPaused(domainSpec([vfInterface(VF, { vlanId: 100 })]), LONG));
    expect(host.vfSettings(VF)).toEqual({ ...fresh, mac: '52:54:00:00:00:00', vlanId: 100 });
    await guests.setVf(VF, { mac: '52:54:00:00:00:99', vlanId: 7, vlanQos: 3 });
    await pass(guests.destroy('vm-1', LONG));
    expect(host.vfSettings(VF)).toEqual(fresh);
    expect(await guests.lookAtVf(VF)).toMatchObject({ driver: 'vfio-pci', netdev: null });
    expect(await pass(guests.bindVf(VF, 'network', LONG))).toEqual({ kind: 'done' });
    expect(await guests.lookAtVf(VF)).toMatchObject({ driver: 'igbvf', netdev: 'enp5s0f0v0' });
  });

  it('cannot have a VF that another domain has', async () => {
    const { guests, pass, prepare } = await machine();
    await prepare(VF, OTHER_VF);
    await pass(guests.startPaused(domainSpec([vfInterface(VF)]), LONG));
    expect(await pass(guests.startPaused(domainSpec([vfInterface(VF)], { id: 'vm-2' }), LONG))).toEqual({
      kind: 'failed',
      message: `Requested operation is not valid: PCI device ${VF} is in use by driver QEMU, domain vm-1`,
    });
    expect(await pass(guests.attach('vm-1', vfInterface(OTHER_VF, { n: 1 }), LONG))).toEqual({
      kind: 'done',
      guestPciAddress: '0000:00:06.0',
    });
    expect(await pass(guests.detach('vm-1', 'v0', LONG))).toEqual({ kind: 'done' });
    expect(await guests.interfacesOf('vm-1')).toEqual([{ vnicId: 'v1', guestPciAddress: '0000:00:06.0' }]);
  });
});
