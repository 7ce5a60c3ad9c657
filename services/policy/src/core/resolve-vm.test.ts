import { describe, expect, it } from 'vitest';
import { sampleCluster, sampleNetwork, sampleProfile, sampleVm, sampleVnic } from '../testing/sample-vm.ts';
import { pluggedVnics, resolveVm } from './resolve-vm.ts';
import type { StoredVm } from './vm.ts';
import type { RunSurroundings } from './vm-surroundings.ts';

const LIMIT = { average: 10, peak: 20, burst: 5 };
const SURROUNDINGS: RunSurroundings = {
  clusters: byId([sampleCluster({ policy: 'spread' })]),
  profiles: byId([
    sampleProfile({ qosId: 'q1', portMirroring: true, networkFilter: 'clean-traffic' }),
    sampleProfile({ passThrough: 'preferred', networkId: 'blue' }),
    sampleProfile({ passThrough: 'enabled', migratable: true, failoverId: 'spare', revision: 4 }),
    sampleProfile({ id: 'spare', networkId: 'blue' }),
  ]),
  networks: byId([
    sampleNetwork({ revision: 3, label: 'tenant' }),
    sampleNetwork({ id: 'blue', name: 'blue', vlanId: null, mtu: 9000 }),
  ]),
  qos: byId([
    {
      ...{ id: 'q1', name: 'slow', revision: 1, description: '', type: 'vm_network' as const },
      ...{ inbound: LIMIT, outbound: null, linkshare: null, upperLimit: null, realtime: null },
    },
  ]),
};
const RED = {
  ...{ id: 'red', version: 3, name: 'red', vlanId: 100, mtu: 1500 },
  ...{ label: 'tenant', portIsolation: false },
};
const BLUE = {
  ...{ id: 'blue', version: 1, name: 'blue', vlanId: null, mtu: 9000 },
  ...{ label: null, portIsolation: false },
};

function byId<Entity extends { id: string }>(entities: Entity[]): Map<string, Entity> {
  return new Map(entities.map((entity) => [entity.id, entity]));
}

const resolve = (vm: StoredVm) => resolveVm(vm, pluggedVnics(vm), SURROUNDINGS);
const only = (vm: StoredVm) => resolve(vm).vnics[0];

describe('a VM is resolved', () => {
  it('with what a run needs of itself and its cluster', () => {
    const vm = sampleVm([], { revision: 5, numaNode: 1, domainXml: '<domain/>', placementId: 'p1' });
    expect(resolve(vm)).toEqual({
      ...{ id: 'v1', version: 5, name: 'vm-1', numaNode: 1, domainXml: '<domain/>', placementId: 'p1' },
      ...{ cluster: { id: 'default', name: 'Default', compatibilityVersion: '4.7' }, policy: 'spread', vnics: [] },
    });
  });

  it('with its own scheduling policy before its cluster’s', () => {
    expect(resolve(sampleVm([], { policy: 'anti-affinity' })).policy).toBe('anti-affinity');
  });

  it('with its plugged vNICs, in the order of their names', () => {
    const vm = sampleVm([
      sampleVnic(3),
      sampleVnic(1),
      sampleVnic(2, { plugged: false }),
      sampleVnic(4, { name: 'Eth0' }),
    ]);
    expect(resolve(vm).vnics.map(({ name }) => name)).toEqual(['Eth0', 'nic1', 'nic3']);
  });

  it('with one vNIC alone when it is asked for, plugged or not', () => {
    const unplugged = sampleVnic(2, { plugged: false });
    const { vnics } = resolveVm(sampleVm([sampleVnic(1), unplugged]), [unplugged], SURROUNDINGS);
    expect(vnics.map(({ name }) => name)).toEqual(['nic2']);
  });
});

describe('a vNIC is resolved', () => {
  it.each([
    [null, 'virtio', 'nothing'],
    ['disabled', 'virtio', 'bridge'],
    ['preferred', 'virtio', 'vf-or-bridge'],
    ['preferred', 'pci_passthrough', 'vf-or-bridge'],
    ['enabled', 'pci_passthrough', 'vf'],
  ] as const)('with the profile %s as %s it needs %s', (profileId, type, needs) => {
    expect(only(sampleVm([sampleVnic(1, { profileId, interface: type })]))?.needs).toBe(needs);
  });

  it('with everything of its own, and nothing of a profile it does not have', () => {
    const own = {
      ...{ bootOrder: 1, customMtu: 1400, macSpoofing: true, linked: false },
      ...{ pinnedVf: { hostId: 'h1', pciAddress: '0000:05:10.1' }, guestPciAddress: '0000:00:05.0' },
    };
    expect(only(sampleVm([sampleVnic(1, own)]))).toEqual({
      ...{
        id: 'n1',
        name: 'nic1',
        interface: 'virtio',
        needs: 'nothing',
        mac: '02:00:00:00:00:01',
        ...own,
      },
      ...{ profile: null, network: null, failover: null },
    });
  });

  it('with its profile, QoS and network', () => {
    const resolved = only(sampleVm([sampleVnic(1, { profileId: 'disabled' })]));
    expect(resolved).toMatchObject({ network: RED, failover: null });
    expect(resolved?.profile).toMatchObject({
      ...{ id: 'disabled', version: 1, name: 'disabled', passThrough: 'disabled', migratable: false },
      ...{ portMirroring: true, networkFilter: 'clean-traffic', qos: { inbound: LIMIT, outbound: null } },
    });
  });

  it('with the network of its failover', () => {
    const resolved = only(sampleVm([sampleVnic(1, { profileId: 'enabled', interface: 'pci_passthrough' })]));
    expect(resolved).toMatchObject({ network: RED, failover: { profileId: 'spare', network: BLUE } });
    expect(resolved?.profile).toMatchObject({ version: 4, passThrough: 'enabled', migratable: true, qos: null });
  });

  it('not when what it refers to was not read', () => {
    expect(() => resolve(sampleVm([sampleVnic(1, { profileId: 'gone' })]))).toThrow('gone is referred to');
  });
});
