import { DomainInterface } from '@vfleet/contracts/vocabulary/domain';
import { expect, it } from 'vitest';
import { sampleNetwork } from '../testing/sample-demand.ts';
import { sampleVnic } from '../testing/sample-vm.ts';
import { domainInterface } from './domain-interface.ts';
import type { PlacedVnic } from './placement.ts';

const VF = { claimId: 'c1', pciAddress: '0000:01:10.0', pf: { id: 'pf-01', name: 'ens1' }, fence: 7 };
const placed = (change: Partial<PlacedVnic> = {}): PlacedVnic => ({
  ...{ vnic: { id: 'id-nic1', name: 'nic1' }, vf: VF, degraded: false, guestPciAddress: null },
  ...change,
});

it('a vNIC with a VF is told with its claim, its network and the network it fails over to', () => {
  const vnic = sampleVnic('nic1', 'red', { failover: { profileId: 'plain', network: sampleNetwork('blue') } });
  const told = domainInterface(vnic, placed());
  expect(DomainInterface.parse(told)).toEqual(told);
  expect(told).toMatchObject({
    ...{ kind: 'vf', mac: vnic.mac, network: { id: 'red', vlanId: null, mtu: 1500 }, failover: { id: 'blue' } },
    claim: { claimId: 'c1', pciAddress: '0000:01:10.0', fence: 7 },
  });
});

it.each([
  ['pci_passthrough', 'virtio'],
  ['virtio', 'virtio'],
  ['e1000', 'e1000'],
] as const)('a vNIC of the type %s without a VF is on a bridge, as %s', (type, model) => {
  expect(domainInterface(sampleVnic('nic1', 'red', { interface: type }), placed({ vf: null }))).toMatchObject({
    kind: 'bridge',
    model,
  });
});

it('the guest keeps the address it has, or had', () => {
  const vnic = sampleVnic('nic1', 'red', { guestPciAddress: '0000:00:05.0' });
  expect(domainInterface(vnic, placed()).guestPciAddress).toBe('0000:00:05.0');
  expect(domainInterface(vnic, placed({ guestPciAddress: '0000:00:10.0' })).guestPciAddress).toBe('0000:00:10.0');
});

it('a claim without a fence is told to nobody', () => {
  expect(() => domainInterface(sampleVnic('nic1', 'red'), placed({ vf: { ...VF, fence: null } }))).toThrow('no fence');
});
