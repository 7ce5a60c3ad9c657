import type { NewVnic, VnicChange } from '@vfleet/contracts/vocabulary/vnic';
import { describe, expect, it } from 'vitest';
import { sampleCluster, sampleProfile, sampleVm, sampleVnic } from '../testing/sample-vm.ts';
import {
  decideAddVnic,
  decideRemoveVnic,
  decideUpdateVnic,
  type VnicDecision,
  type VnicRelated,
} from './decide-vnic.ts';
import type { StoredVm } from './vm.ts';
import type { StoredVnicProfile } from './vnic-profile.ts';

const MAC = '02:00:00:00:00:99';
const PIN = { hostId: 'h1', pciAddress: '0000:05:10.1' };
const RUNS = { placementId: 'p1' };

const ENABLED = sampleProfile({ passThrough: 'enabled' });
const PREFERRED = sampleProfile({ passThrough: 'preferred' });
const DISABLED = sampleProfile();

function related(profile: StoredVnicProfile | null): VnicRelated {
  return { cluster: sampleCluster(), profile: { ok: true, profile }, macHolder: null };
}

function add(fields: Partial<NewVnic>, vm: StoredVm, beside: VnicRelated, mac: string | null = MAC): VnicDecision {
  return decideAddVnic(vm, { vnicId: 'n9', fields: { name: 'new', ...fields } }, { ...beside, mac: fields.mac ?? mac });
}

function update(fields: VnicChange, vm: StoredVm, beside: VnicRelated): VnicDecision {
  return decideUpdateVnic(vm, { vnic: 'n1', fields }, beside);
}

function codesOf(decision: VnicDecision): string[] {
  return decision.ok ? [] : decision.refusals.map(({ code }) => code);
}

const others = Array.from({ length: 64 }, (_, number) => sampleVnic(number + 160));

describe('a vNIC is added', () => {
  it('with what was said and nothing else', () => {
    const decision = add({ name: 'nic1', boot_order: 3 }, sampleVm(), related(null));
    const vnic = sampleVnic(1, { id: 'n9', mac: MAC, bootOrder: 3 });
    expect(decision).toEqual({ ok: true, changed: true, vnic, vm: sampleVm([vnic]) });
  });

  it.each([
    [ENABLED, 'pci_passthrough'],
    [PREFERRED, 'virtio'],
    [DISABLED, 'virtio'],
  ] as const)('with the one type that goes with its profile', (profile, type) => {
    const decision = add({}, sampleVm(), related(profile));
    expect(decision.ok && decision.vnic).toMatchObject({ interface: type, profileId: profile.id });
  });

  it.each([
    ['as the 65th', {}, sampleVm(others), MAC, ['VM_HAS_TOO_MANY_VNICS']],
    ['with the id of another one', {}, sampleVm([sampleVnic(9)]), MAC, ['ID_ALREADY_USED']],
    ['without an address left', {}, sampleVm(), null, ['MAC_POOL_EXHAUSTED']],
    ['plugged while the VM runs', {}, sampleVm([], RUNS), MAC, ['CANNOT_PERFORM_HOT_UPDATE']],
    ['unplugged while the VM runs', { plugged: false }, sampleVm([], RUNS), MAC, []],
  ] as const)('%s', (_, fields, vm, mac, codes) => {
    expect(codesOf(add(fields, vm, related(null), mac))).toEqual(codes);
  });
});

describe('a vNIC is changed', () => {
  it('in what was said, and its revision rises', () => {
    const vm = sampleVm([sampleVnic(1, { bootOrder: 2 }), sampleVnic(2)]);
    const decision = update({ name: 'eth0', boot_order: null, linked: false }, vm, related(null));
    const vnic = sampleVnic(1, { name: 'eth0', linked: false, revision: 2 });
    expect(decision).toEqual({ ok: true, changed: true, vnic, vm: sampleVm([vnic, sampleVnic(2)]) });
  });

  it('to another profile, and judged as it stands when no type is told', () => {
    const vm = sampleVm([sampleVnic(1)]);
    expect(codesOf(update({}, vm, related(ENABLED)))).toEqual(['VM_INTERFACE_TYPE_NOT_MATCH_PROFILE']);
    const decision = update({ interface: 'pci_passthrough' }, vm, related(ENABLED));
    expect(decision.ok && decision.vnic).toMatchObject({ interface: 'pci_passthrough', profileId: 'enabled' });
  });

  it('not when everything is so already, whether its guest has it or not', () => {
    const vm = sampleVm([sampleVnic(1)], RUNS);
    const same = { name: 'nic1', mac: '02:00:00:00:00:01', plugged: true, boot_order: null };
    expect(update(same, vm, related(null))).toEqual({ ok: true, changed: false, vm, vnic: vm.nics[0] });
  });

  it.each([
    ['plugged, in any way', { plugged: true }, { linked: false }, ['CANNOT_PERFORM_HOT_UPDATE']],
    ['plugged, to be unplugged', { plugged: true }, { plugged: false }, ['CANNOT_PERFORM_HOT_UPDATE']],
    ['unplugged, to be plugged', { plugged: false }, { plugged: true }, ['CANNOT_PERFORM_HOT_UPDATE']],
    ['unplugged, in another way', { plugged: false }, { linked: false }, []],
  ] as const)('while its VM runs: %s', (_, state, fields, codes) => {
    expect(codesOf(update(fields, sampleVm([sampleVnic(1, state)], RUNS), related(null)))).toEqual(codes);
  });

  it('to be plugged beside a pin that contradicts its own', () => {
    const vm = sampleVm([sampleVnic(1, { plugged: false, pinnedVf: PIN }), sampleVnic(2, { pinnedVf: PIN })]);
    expect(codesOf(update({ plugged: true }, vm, related(PREFERRED)))).toEqual(['PINNED_VFS_CONTRADICT']);
  });

  it.each([
    [{ vnic: 'nope' }, ['VNIC_NOT_EXIST']],
    [{ vnic: 'nic1', ifVersion: 2 }, ['PRECONDITION_FAILED']],
    [{ vnic: 'nic1', ifVersion: 1 }, []],
  ])('as it is referred to: %o', (request, codes) => {
    const decision = decideUpdateVnic(sampleVm([sampleVnic(1)]), { ...request, fields: {} }, related(null));
    expect(codesOf(decision)).toEqual(codes);
  });
});

describe('a vNIC is removed', () => {
  it('alone', () => {
    const decision = decideRemoveVnic(sampleVm([sampleVnic(1), sampleVnic(2)]), { vnic: 'nic1' });
    expect(decision.ok && decision.vm).toEqual(sampleVm([sampleVnic(2)]));
  });

  it.each([
    ['by a name no one has', { vnic: 'nope' }, {}, {}, ['VNIC_NOT_EXIST']],
    ['plugged, while its VM runs', { vnic: 'n1' }, {}, RUNS, ['CANNOT_PERFORM_HOT_UPDATE']],
    ['unplugged, while its VM runs', { vnic: 'n1' }, { plugged: false }, RUNS, []],
    [
      'for another version, while its VM runs',
      { vnic: 'n1', ifVersion: 7 },
      {},
      RUNS,
      ['PRECONDITION_FAILED', 'CANNOT_PERFORM_HOT_UPDATE'],
    ],
  ])('%s', (_, request, state, vm, codes) => {
    expect(codesOf(decideRemoveVnic(sampleVm([sampleVnic(1, state)], vm), request))).toEqual(codes);
  });
});
