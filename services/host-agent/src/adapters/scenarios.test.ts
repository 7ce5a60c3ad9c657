import { deviceNameOf } from '@vfleet/contracts/vocabulary/pci';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { describe, expect, it } from 'vitest';
import { passing } from '../testing/passing.ts';
import { DEMO_SCENARIOS, withoutTime } from './scenarios.ts';
import { simulatedHost } from './simulated-host.ts';

describe.each([
  { name: 'alpha' as const, driver: 'igb', total: 7 },
  { name: 'bravo' as const, driver: 'ixgbe', total: 63 },
  { name: 'charlie' as const, driver: 'i40e', total: 64 },
  { name: 'delta' as const, driver: 'mlx5_core', total: 125 },
])('the demo host $name', ({ name, driver, total }) => {
  const clock = virtualClock();
  const open = (scenario = DEMO_SCENARIOS[name]) => simulatedHost({ scenario, clock, seed: name });

  it(`has PFs of ${driver} on two NUMA nodes`, async () => {
    const { pfs, devices } = await open().scan();
    expect(pfs.length).toBeGreaterThanOrEqual(2);
    expect(pfs.every((pf) => pf.driver === driver && pf.totalVfs === total)).toBe(true);
    const nodes = pfs.map(({ pciAddress }) => devices[deviceNameOf(pciAddress)]?.params.numa_node);
    expect(new Set(nodes)).toEqual(new Set(['0', '1']));
  });

  it('has room for all VFs of all PFs at once, each with its own address, MAC, name and group', async () => {
    const host = open(withoutTime(DEMO_SCENARIOS[name]));
    const before = await host.scan();
    for (const { pciAddress } of before.pfs) {
      expect(await passing(clock, host.writeNumVfs(pciAddress, total, 1_000_000))).toEqual({ kind: 'written' });
    }
    const { pfs, nics, devices } = await host.scan();
    const addresses = pfs.flatMap(({ pciAddress, vfs }) => [pciAddress, ...vfs.map((vf) => vf.pciAddress)]);
    expect(new Set(addresses).size).toBe(before.pfs.length * (total + 1));
    expect(new Set(nics.map((nic) => nic.mac)).size).toBe(nics.length);
    expect(nics.length - before.nics.length).toBe(before.pfs.length * total);
    expect(nics.every((nic) => nic.name.length <= 15)).toBe(true);
    const groups = Object.values(devices).flatMap(({ params }) => (params.physfn ? [params.iommu_group] : []));
    expect(new Set(groups).size).toBe(before.pfs.length * total);
  });
});

it('the demo hosts have no MAC in common', async () => {
  const clock = virtualClock();
  const macs: string[] = [];
  for (const [seed, scenario] of Object.entries(DEMO_SCENARIOS)) {
    const host = simulatedHost({ scenario: withoutTime(scenario), clock, seed });
    const { pfs } = await host.scan();
    for (const { pciAddress } of pfs) await passing(clock, host.writeNumVfs(pciAddress, 4, 1_000));
    macs.push(...(await host.scan()).nics.flatMap(({ name, mac }) => (name === 'lo' || mac === null ? [] : [mac])));
  }
  expect(new Set(macs).size).toBe(macs.length);
});
