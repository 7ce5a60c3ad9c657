import type { VnicChange } from '@vfleet/contracts/vocabulary/vnic';
import { describe, expect, it } from 'vitest';
import { sampleCluster, sampleProfile, sampleVm, sampleVnic } from '../testing/sample-vm.ts';
import { decideAddVnic, decideUpdateVnic, type VnicRelated } from './decide-vnic.ts';
import { noSuchVnicProfile } from './refuse-vnic-profile.ts';
import type { StoredVm, StoredVnic } from './vm.ts';
import type { StoredVnicProfile } from './vnic-profile.ts';

const MAC = '02:00:00:00:00:99';
const PIN = { hostId: 'h1', pciAddress: '0000:05:10.1' };
const ASKED_PIN = { host: { id: 'h1' }, pci_address: '0000:05:10.1' };

const ENABLED = sampleProfile({ passThrough: 'enabled' });
const PREFERRED = sampleProfile({ passThrough: 'preferred' });
const DISABLED = sampleProfile();
const WITH_FAILOVER = sampleProfile({ passThrough: 'enabled', migratable: true, failoverId: 'f1' });

const old = (compatibilityVersion: string) => ({ cluster: sampleCluster({ compatibilityVersion }) });

type Case = {
  it: string;
  fields: VnicChange;
  profile?: StoredVnicProfile;
  beside?: Partial<VnicRelated>;
  nics?: StoredVnic[];
  codes: string[];
  names?: string[];
};

/** What holds for a new vNIC and for one that is changed alike: `fields` of one without a profile, `nics` beside it. */
const RULES: Case[] = [
  {
    it: 'a name another one has, however it is written',
    fields: { name: 'ｎic2' },
    nics: [sampleVnic(2)],
    codes: ['VNIC_NAME_IN_USE'],
    names: ['vm-1', 'nic2'],
  },
  {
    it: 'a name that is the id of another one',
    fields: { name: 'n2' },
    nics: [sampleVnic(2)],
    codes: ['VNIC_NAME_IN_USE'],
    names: ['id n2'],
  },
  {
    it: 'passthrough without a profile',
    fields: { interface: 'pci_passthrough' },
    codes: ['VM_INTERFACE_TYPE_NOT_MATCH_PROFILE'],
    names: ['no profile'],
  },
  {
    it: 'passthrough with a profile that gives no VF',
    fields: { interface: 'pci_passthrough' },
    profile: DISABLED,
    codes: ['VM_INTERFACE_TYPE_NOT_MATCH_PROFILE'],
    names: ['disabled'],
  },
  {
    it: 'virtio with a profile that always gives a VF',
    fields: { interface: 'virtio' },
    profile: ENABLED,
    codes: ['VM_INTERFACE_TYPE_NOT_MATCH_PROFILE'],
    names: ['virtio', 'enabled'],
  },
  {
    it: 'e1000 with a profile that prefers one',
    fields: { interface: 'e1000' },
    profile: PREFERRED,
    codes: ['VM_INTERFACE_TYPE_NOT_MATCH_PROFILE'],
    names: ['e1000', 'preferred'],
  },
  {
    it: 'passthrough in a cluster older than 3.6',
    fields: { interface: 'pci_passthrough' },
    profile: ENABLED,
    beside: old('3.5'),
    codes: ['PASSTHROUGH_NOT_SUPPORTED_BY_CLUSTER_LEVEL'],
    names: ['3.5', 'Default'],
  },
  {
    it: 'preferred passthrough in a cluster older than 3.6',
    fields: { interface: 'virtio' },
    profile: PREFERRED,
    beside: old('3.5'),
    codes: ['PASSTHROUGH_NOT_SUPPORTED_BY_CLUSTER_LEVEL'],
  },
  {
    it: 'failover in a cluster older than 4.6',
    fields: { interface: 'pci_passthrough' },
    profile: WITH_FAILOVER,
    beside: old('4.5'),
    codes: ['FAILOVER_NOT_SUPPORTED_BY_CLUSTER_LEVEL'],
  },
  {
    it: 'an unlinked passthrough vNIC',
    fields: { interface: 'pci_passthrough', linked: false },
    profile: ENABLED,
    codes: ['UNLINKING_OF_PASSTHROUGH_VNIC_IS_NOT_SUPPORTED'],
  },
  {
    it: 'an unlinked one that prefers a VF',
    fields: { linked: false },
    profile: PREFERRED,
    codes: ['UNLINKING_OF_PASSTHROUGH_VNIC_IS_NOT_SUPPORTED'],
  },
  {
    it: 'an MTU of its own and the spoofing switch on passthrough, naming both',
    fields: { custom_mtu: 9000, mac_spoofing: true },
    profile: PREFERRED,
    codes: ['PASSTHROUGH_VNIC_CONTAINS_NOT_SUPPORTED_PROPERTIES'],
    names: ['`custom_mtu`', '`mac_spoofing`'],
  },
  {
    it: 'a pin without passthrough',
    fields: { pinned_vf: ASKED_PIN },
    profile: DISABLED,
    codes: ['PINNED_VF_NEEDS_PASSTHROUGH'],
    names: ['0000:05:10.1', 'h1'],
  },
  {
    it: 'two plugged vNICs pinned to one VF',
    fields: { pinned_vf: ASKED_PIN },
    profile: PREFERRED,
    nics: [sampleVnic(2, { pinnedVf: PIN })],
    codes: ['PINNED_VFS_CONTRADICT'],
    names: ['nic2 to 0000:05:10.1 of host h1'],
  },
  {
    it: 'two plugged vNICs pinned to VFs of two hosts',
    fields: { pinned_vf: { host: { id: 'h2' }, pci_address: '0000:05:10.3' } },
    profile: PREFERRED,
    nics: [sampleVnic(2, { pinnedVf: PIN })],
    codes: ['PINNED_VFS_CONTRADICT'],
    names: ['h2', 'h1'],
  },
  {
    it: 'a place in the boot order that another one has',
    fields: { boot_order: 1 },
    nics: [sampleVnic(2, { bootOrder: 1 })],
    codes: ['BOOT_ORDER_IN_USE'],
    names: ['nic2'],
  },
  {
    it: 'the MAC address of another vNIC of the VM',
    fields: { mac: '02:00:00:00:00:02' },
    nics: [sampleVnic(2)],
    codes: ['NETWORK_MAC_ADDRESS_IN_USE'],
    names: ['nic2', 'vm-1'],
  },
  {
    it: 'the MAC address of a vNIC of another VM',
    fields: { mac: MAC },
    beside: { macHolder: { vm: { name: 'vm-7' }, vnic: { name: 'eth0' } } },
    codes: ['NETWORK_MAC_ADDRESS_IN_USE'],
    names: ['eth0', 'vm-7', MAC],
  },
  {
    it: 'a profile that is not there, and what is wrong whatever it is',
    fields: { boot_order: 1, pinned_vf: ASKED_PIN },
    beside: { profile: { ok: false, refusals: [noSuchVnicProfile('nope')] } },
    nics: [sampleVnic(2, { bootOrder: 1 })],
    codes: ['VNIC_PROFILE_NOT_EXIST', 'BOOT_ORDER_IN_USE'],
    names: ['nope'],
  },
  {
    it: 'all of it at once',
    fields: { interface: 'e1000', linked: false, mac_spoofing: true, mac: MAC, boot_order: 1, name: 'nic2' },
    profile: WITH_FAILOVER,
    beside: { ...old('3.0'), macHolder: { vm: { name: 'vm-7' }, vnic: { name: 'eth0' } } },
    nics: [sampleVnic(2, { bootOrder: 1 })],
    codes: [
      'VNIC_NAME_IN_USE',
      'VM_INTERFACE_TYPE_NOT_MATCH_PROFILE',
      'PASSTHROUGH_NOT_SUPPORTED_BY_CLUSTER_LEVEL',
      'FAILOVER_NOT_SUPPORTED_BY_CLUSTER_LEVEL',
      'UNLINKING_OF_PASSTHROUGH_VNIC_IS_NOT_SUPPORTED',
      'PASSTHROUGH_VNIC_CONTAINS_NOT_SUPPORTED_PROPERTIES',
      'BOOT_ORDER_IN_USE',
      'NETWORK_MAC_ADDRESS_IN_USE',
    ],
  },
  {
    it: 'nothing of a passthrough vNIC of an enabled profile',
    fields: { interface: 'pci_passthrough' },
    profile: ENABLED,
    codes: [],
  },
  { it: 'nothing of virtio on a preferred profile', fields: { interface: 'virtio' }, profile: PREFERRED, codes: [] },
  {
    it: 'nothing of passthrough on a preferred profile',
    fields: { interface: 'pci_passthrough' },
    profile: PREFERRED,
    codes: [],
  },
  {
    it: 'nothing of an unlinked, spoofing one with an MTU of its own on a disabled profile in an old cluster',
    fields: { interface: 'e1000', linked: false, mac_spoofing: true, custom_mtu: 9000 },
    profile: DISABLED,
    beside: old('3.0'),
    codes: [],
  },
  {
    it: 'nothing of pins to two VFs of one host',
    fields: { pinned_vf: { host: { id: 'h1' }, pci_address: '0000:05:10.3' } },
    profile: PREFERRED,
    nics: [sampleVnic(2, { pinnedVf: PIN })],
    codes: [],
  },
  {
    it: 'nothing of a pin to the same VF as one that is not plugged',
    fields: { pinned_vf: ASKED_PIN },
    profile: PREFERRED,
    nics: [sampleVnic(2, { pinnedVf: PIN, plugged: false })],
    codes: [],
  },
];

type Decide = (fields: VnicChange, vm: StoredVm, beside: VnicRelated) => ReturnType<typeof decideAddVnic>;

const add: Decide = ({ name = 'new', ...fields }, vm, beside) =>
  decideAddVnic(vm, { vnicId: 'n9', fields: { name, ...fields } }, { ...beside, mac: fields.mac ?? MAC });

const change: Decide = (fields, vm, beside) =>
  decideUpdateVnic({ ...vm, nics: [sampleVnic(1), ...vm.nics] }, { vnic: 'n1', fields }, beside);

describe.each([
  ['a new vNIC', add],
  ['a change of a vNIC', change],
])('%s is refused because of', (_, decide) => {
  it.each(RULES)('$it', ({ fields, profile = null, beside, nics, codes, names = [] }) => {
    const related = { cluster: sampleCluster(), profile: { ok: true as const, profile }, macHolder: null, ...beside };
    const decision = decide(fields, sampleVm(nics), related);
    const refusals = decision.ok ? [] : decision.refusals;
    expect(refusals.map(({ code }) => code)).toEqual(codes);
    for (const name of names) expect(refusals.map(({ detail }) => detail).join(' ')).toContain(name);
  });
});
