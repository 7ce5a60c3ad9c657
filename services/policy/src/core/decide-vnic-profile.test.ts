import { AddVnicProfile, RemoveVnicProfile, UpdateVnicProfile } from '@vfleet/contracts/policy/vnic-profiles';
import type { NewVnicProfile, VnicProfileChange } from '@vfleet/contracts/vocabulary/vnic-profile';
import { describe, expect, it } from 'vitest';
import { sampleCluster } from '../testing/sample-vm.ts';
import { sampleVnicProfile } from '../testing/sample-vnic-profile.ts';
import {
  AROUND,
  askingFailover,
  askingQos,
  ENABLED,
  FAILOVER,
  FULL,
  NETWORK,
  PREFERRED,
  TRUSTED,
  usedBy,
} from '../testing/vnic-profile-around.ts';
import { decideAddVnicProfile, decideUpdateVnicProfile } from './decide-vnic-profile.ts';
import type { StoredVnicProfile } from './vnic-profile.ts';
import {
  VNIC_PROFILE_EDIT_RULES,
  VNIC_PROFILE_REMOVAL_RULES,
  type VnicProfileUsers,
} from './vnic-profile-edit-rules.ts';
import { VNIC_PROFILE_RULES, type VnicProfileRelated } from './vnic-profile-rules.ts';

describe('a profile is made', () => {
  const PLAIN = { name: 'gold', network: { name: 'red' } };
  const add = (fields: NewVnicProfile, related: Partial<VnicProfileRelated> = {}, holder?: StoredVnicProfile) => {
    const asked = { ...AROUND.asked, ...related.asked, network: { ref: 'red', found: [NETWORK] } };
    return decideAddVnicProfile({ vnicProfileId: 'p1', fields }, { ...AROUND, ...related, asked, holder });
  };

  it('of nothing but a name and a network', () => {
    expect(add(PLAIN)).toEqual({ ok: true, changed: true, profile: sampleVnicProfile(), restsOn: ['network'] });
  });

  it('of everything that goes with passthrough', () => {
    const fields = {
      pass_through: 'enabled',
      migratable: true,
      failover: { id: 'p9' },
      vf: { trust: true, vlan_qos: 0 },
    };
    const made = { profile: FULL, restsOn: ['network', 'failover'] };
    expect(add({ ...PLAIN, ...fields } as NewVnicProfile, askingFailover())).toMatchObject(made);
  });

  it('of everything that goes without', () => {
    const fields = { description: 'd', qos: { name: 'slow' }, port_mirroring: true, network_filter: 'clean-traffic' };
    const made = { description: 'd', qosId: 'q1', portMirroring: true, networkFilter: 'clean-traffic' };
    expect(add({ ...PLAIN, ...fields }, askingQos())).toMatchObject({ profile: made, restsOn: ['network', 'qos'] });
  });

  it('by the other name of `pass_through`', () => {
    expect(add({ ...PLAIN, passthrough: 'preferred' })).toMatchObject({ profile: { passThrough: 'preferred' } });
  });

  it('but not under an id that is used', () => {
    expect(add(PLAIN, {}, FAILOVER)).toMatchObject({
      refusals: [{ code: 'ID_ALREADY_USED', detail: 'The vNIC profile spare has the id p9.' }],
    });
  });
});

describe('a change is made', () => {
  type Around = Partial<VnicProfileRelated & VnicProfileUsers>;
  const everywhere = usedBy({}, { interface: 'pci_passthrough' });
  const cases: [string, StoredVnicProfile, VnicProfileChange, Around, object, string[]][] = [
    [
      'to preferred while vNICs use it',
      sampleVnicProfile(),
      { pass_through: 'preferred' },
      usedBy({}),
      { passThrough: 'preferred' },
      ['network', 'clusters'],
    ],
    [
      'from preferred while vNICs use it',
      PREFERRED,
      { passthrough: 'disabled' },
      usedBy({}),
      { passThrough: 'disabled' },
      [],
    ],
    [
      'to preferred while a VM of an old cluster does not use it',
      sampleVnicProfile(),
      { pass_through: 'preferred' },
      { clusters: [sampleCluster({ compatibilityVersion: '3.5' })] },
      { passThrough: 'preferred' },
      ['network', 'clusters'],
    ],
    [
      'on when none uses it',
      sampleVnicProfile(),
      { pass_through: 'enabled', passthrough: 'enabled' },
      {},
      { passThrough: 'enabled' },
      ['network', 'clusters'],
    ],
    [
      'of everything else while vNICs use it',
      ENABLED,
      { name: 'tin', migratable: true, vf: { trust: true } },
      everywhere,
      { name: 'tin', migratable: true, passThrough: 'enabled' },
      [],
    ],
    [
      'of one property of a VF, and the others stay',
      { ...ENABLED, vf: TRUSTED },
      { vf: { trust: null } },
      {},
      { vf: { ...TRUSTED, trust: null } },
      [],
    ],
    [
      'off with all that goes with passthrough',
      FULL,
      { pass_through: 'disabled', migratable: false, failover: null, vf: { trust: null, vlan_qos: null } },
      { failover: undefined },
      { passThrough: 'disabled', failoverId: null },
      [],
    ],
    ['of a QoS', sampleVnicProfile(), { qos: { name: 'slow' } }, askingQos(), { qosId: 'q1' }, ['qos']],
    [
      'on with a network in whose own QoS nothing is shared',
      sampleVnicProfile({ qosId: 'q1' }),
      { qos: null, pass_through: 'enabled' },
      { network: { ...NETWORK, qosId: 'q2' } },
      { qosId: null },
      ['network', 'clusters'],
    ],
  ];
  it.each(cases)('%s', (_, before, fields, around, changed, restsOn) => {
    expect(decideUpdateVnicProfile(before, { fields, ifVersion: 1 }, { ...AROUND, ...around })).toEqual({
      ok: true,
      changed: true,
      profile: expect.objectContaining({ ...changed, revision: 2 }),
      restsOn,
    });
  });

  it('only when something changes', () => {
    const before = FULL;
    const fields = { name: 'gold', network: { id: 'n1', name: 'red' }, failover: { id: 'p9' }, vf: { trust: true } };
    const decided = decideUpdateVnicProfile(before, { fields }, { ...AROUND, ...askingFailover() });
    expect(decided).toMatchObject({ ok: true, changed: false, profile: before });
  });
});

/** The reference of a command itself is judged where it is looked up (find-vnic-profile.ts). */
it.each([
  ['an add', AddVnicProfile, [VNIC_PROFILE_RULES], ['ID_ALREADY_USED']],
  ['a change', UpdateVnicProfile, [VNIC_PROFILE_RULES, VNIC_PROFILE_EDIT_RULES], ['VNIC_PROFILE_NOT_EXIST']],
  [
    'a removal',
    RemoveVnicProfile,
    [VNIC_PROFILE_REMOVAL_RULES],
    ['VNIC_PROFILE_NOT_EXIST', 'VNIC_PROFILE_NAME_AMBIGUOUS'],
  ],
] as const)('declares the code of every rule of %s', (_, { refusals }, tables, others) => {
  const codes = [...tables.flatMap((rules) => rules.map(({ code }) => code)), ...others];
  expect([...refusals].sort()).toEqual(codes.sort());
});
