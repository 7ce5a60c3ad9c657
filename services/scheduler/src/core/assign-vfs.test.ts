import { describe, expect, it } from 'vitest';
import { sampleDemand, sampleNetwork, sampleWish } from '../testing/sample-demand.ts';
import { only, sampleHost, samplePf } from '../testing/sample-host.ts';
import { assignVfs, MOST_PFS } from './assign-vfs.ts';
import { capacityOf, newShapes } from './host-capacity.ts';
import type { HostFacts } from './host-facts.ts';
import type { VfDemand } from './vf-demand.ts';

const fitOf = (facts: HostFacts, demand: VfDemand) => assignVfs(capacityOf(facts, newShapes()), demand);
const addresses = (facts: HostFacts, demand: VfDemand) =>
  fitOf(facts, demand)?.assignments.map(({ vf }) => vf?.pciAddress ?? null);
const wishes = (count: number, network = 'red') =>
  Array.from({ length: count }, (_, index) => sampleWish(`nic${index + 1}`, network));

describe('whether a host fits', () => {
  it('is not decided vNIC by vNIC: A fits PF1 and PF2, B only PF1, PF1 has one VF', () => {
    const host = sampleHost('h', [samplePf(1, 1), samplePf(2, 4, { allowed: only('red') })]);
    const demand = sampleDemand([sampleWish('A', 'red'), sampleWish('B', 'blue')]);
    expect(fitOf(host, demand)?.assignments).toEqual([
      { vnic: { id: 'id-A', name: 'A' }, vf: { pciAddress: '0000:02:10.0', pf: { id: 'pf-02', name: 'ens2' } } },
      { vnic: { id: 'id-B', name: 'B' }, vf: { pciAddress: '0000:01:10.0', pf: { id: 'pf-01', name: 'ens1' } } },
    ]);
  });

  it('asks no network of the host for a passthrough vNIC, but that of a bridge or a failover', () => {
    const need = { vnic: { id: 'n', name: 'nic1' }, network: sampleNetwork('blue'), use: 'failover' as const };
    const demand = sampleDemand(wishes(1), { networks: [need] });
    const attached = { networkIds: ['blue'], labels: [] };
    expect(fitOf(sampleHost('h', [samplePf(1, 1)]), demand)).toBeUndefined();
    expect(fitOf(sampleHost('h', [samplePf(1, 1)], { attached }), demand)).toBeDefined();
  });

  it('makes a preferred vNIC must have a VF where its network is not on the host', () => {
    const demand = sampleDemand([sampleWish('nic1', 'red', { must: false })]);
    expect(addresses(sampleHost('h', []), demand)).toBeUndefined();
    expect(addresses(sampleHost('h', [], { attached: { networkIds: ['red'], labels: [] } }), demand)).toEqual([null]);
    expect(addresses(sampleHost('h', [samplePf(1, 1)]), demand)).toEqual(['0000:01:10.0']);
  });

  it('gives a VF that a preferred vNIC is pinned to to one that must have it', () => {
    const attached = { networkIds: ['red'], labels: [] };
    const pinned = sampleWish('nic1', 'red', { must: false, pinnedTo: ['h', '0000:01:10.0'] });
    const demand = sampleDemand([pinned, sampleWish('nic2', 'red')]);
    expect(addresses(sampleHost('h', [samplePf(1, 1)], { attached }), demand)).toEqual([null, '0000:01:10.0']);
  });
});

describe('which VFs are taken', () => {
  const host = sampleHost('h', [
    samplePf(1, 8, { card: 'a', numaNode: 0 }),
    samplePf(2, 2, { card: 'a', numaNode: 1 }),
    samplePf(3, 4, { card: 'b', numaNode: 1 }),
  ]);

  it.each([
    ['pack', null, ['0000:02:10.0', '0000:02:10.1', '0000:03:10.0']],
    ['spread', null, ['0000:01:10.0', '0000:01:10.1', '0000:01:10.2']],
    ['anti-affinity', null, ['0000:01:10.0', '0000:02:10.0', '0000:03:10.0']],
    ['pack', 0, ['0000:01:10.0', '0000:01:10.1', '0000:01:10.2']],
    ['spread', 1, ['0000:02:10.0', '0000:03:10.0', '0000:03:10.1']],
  ] as const)('by %s, the VM on NUMA node %s', (policy, numaNode, expected) => {
    expect(addresses(host, sampleDemand(wishes(3), { policy, numaNode }))).toEqual(expected);
  });

  it('cards before PFs', () => {
    const three = sampleHost(
      'h',
      [1, 2, 3].map((bus) => samplePf(bus, 8, { card: bus === 3 ? 'b' : 'a' })),
    );
    const demand = sampleDemand(wishes(2), { policy: 'anti-affinity' });
    expect(addresses(three, demand)).toEqual(['0000:01:10.0', '0000:03:10.0']);
  });
});

describe('a host with more PFs than are decided exactly', () => {
  const bus = (index: number) => index + 1;
  const one = Array.from({ length: MOST_PFS + 8 }, (_, index) => samplePf(bus(index), 1));

  it('fits when every vNIC can have a VF, and only then', () => {
    expect(addresses(sampleHost('h', one), sampleDemand(wishes(one.length)))).toEqual(
      one.map(({ freeVfs: [address] }) => address),
    );
    expect(addresses(sampleHost('h', one), sampleDemand(wishes(one.length + 1)))).toBeUndefined();
  });

  it('is decided exactly when few of them can give the VM a VF', () => {
    const pfs = one.map((pf, index) => (index < 8 ? pf : { ...pf, allowed: only('blue') }));
    expect(addresses(sampleHost('h', pfs), sampleDemand(wishes(2)))).toEqual(['0000:01:10.0', '0000:02:10.0']);
  });
});
