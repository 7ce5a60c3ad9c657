import type { ResolvedVm, ResolvedVnic } from '@vfleet/contracts/policy/runs';
import { NO_VF_PROPERTIES } from '@vfleet/contracts/vocabulary/vnic-profile';
import { describe, expect, it } from 'vitest';
import { sampleNetwork } from '../testing/sample-demand.ts';
import { pciRankOf } from './pci-rank.ts';
import { demandOf } from './vf-demand.ts';

const RED = sampleNetwork('red');
const BLUE = sampleNetwork('blue');
const PROFILE = {
  ...{ id: 'p', version: 1, name: 'p', passThrough: 'enabled' as const, migratable: false, portMirroring: false },
  ...{ networkFilter: null, qos: null, vf: NO_VF_PROPERTIES },
};

function vnic(needs: ResolvedVnic['needs'], facts: Partial<ResolvedVnic> = {}): ResolvedVnic {
  return {
    ...{ id: 'n', name: 'nic1', interface: 'virtio', needs, mac: '02:00:00:00:00:01', linked: true, bootOrder: null },
    ...{ customMtu: null, macSpoofing: false, pinnedVf: null, guestPciAddress: null, profile: PROFILE },
    ...{ network: RED, failover: null },
    ...facts,
  };
}

function vm(...vnics: ResolvedVnic[]): ResolvedVm {
  return {
    ...{ id: 'v', version: 1, name: 'vm', cluster: { id: 'c', name: 'C', compatibilityVersion: '4.7' } },
    ...{ policy: 'spread', numaNode: 1, domainXml: null, placementId: null, vnics },
  };
}

describe('what a VM asks of a host', () => {
  it('is its cluster, its policy and its NUMA node', () => {
    expect(demandOf(vm())).toEqual({ clusterId: 'c', policy: 'spread', numaNode: 1, wishes: [], networks: [] });
  });

  it.each([
    ['vf', [true], []],
    ['vf-or-bridge', [false], []],
    ['bridge', [], ['bridge red']],
    ['nothing', [], []],
  ] as const)('for a vNIC that needs %s', (needs, must, networks) => {
    const demand = demandOf(vm(vnic(needs, needs === 'nothing' ? { network: null } : {})));
    expect(demand.wishes.map((wish) => wish.must)).toEqual(must);
    expect(demand.networks.map(({ use, network }) => `${use} ${network.name}`)).toEqual(networks);
  });

  it('is the network of a failover, beside the VF', () => {
    const demand = demandOf(vm(vnic('vf', { failover: { profileId: 'f', network: BLUE } })));
    expect(demand.wishes).toHaveLength(1);
    expect(demand.networks).toEqual([{ vnic: { id: 'n', name: 'nic1' }, network: BLUE, use: 'failover' }]);
  });

  it('is of a VF what the profile sets, false included, and where it is pinned', () => {
    const vf = { ...NO_VF_PROPERTIES, trust: false, vlan_qos: 0 };
    const pinnedVf = { hostId: 'h', pciAddress: '0000:05:10.1' };
    expect(demandOf(vm(vnic('vf', { profile: { ...PROFILE, vf }, pinnedVf }))).wishes).toEqual([
      {
        ...{ vnic: { id: 'n', name: 'nic1' }, must: true, network: RED, properties: ['trust', 'vlan_qos'] },
        pin: { hostId: 'h', pciRank: pciRankOf('0000:05:10.1') },
      },
    ]);
  });

  it('cannot be told of a vNIC that needs a network and has none', () => {
    expect(() => demandOf(vm(vnic('bridge', { network: null })))).toThrow('vNIC nic1 needs bridge and has no network');
  });
});
