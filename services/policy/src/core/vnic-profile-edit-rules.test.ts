import type { RefusalCode } from '@vfleet/contracts/refusals';
import { NO_VF_PROPERTIES, type VnicProfileChange } from '@vfleet/contracts/vocabulary/vnic-profile';
import { describe, expect, it } from 'vitest';
import { sampleCluster, sampleNetwork, sampleVm, sampleVnic } from '../testing/sample-vm.ts';
import { sampleVnicProfile } from '../testing/sample-vnic-profile.ts';
import {
  AROUND,
  asking,
  askingFailover,
  ENABLED,
  FAILOVER,
  FULL,
  ISOLATED,
  PREFERRED,
  QOS,
  usedBy,
} from '../testing/vnic-profile-around.ts';
import {
  brokenVnicProfileRemovalRules,
  decideUpdateVnicProfile,
  type VnicProfileDecision,
} from './decide-vnic-profile.ts';
import type { StoredVnicProfile } from './vnic-profile.ts';
import { VNIC_PROFILE_EDIT_RULES, type VnicProfileUsers } from './vnic-profile-edit-rules.ts';
import type { VnicProfileRelated } from './vnic-profile-rules.ts';

const PIN = { hostId: 'h1', pciAddress: '0000:05:10.1' };

describe('a change is refused', () => {
  type Around = Partial<VnicProfileRelated & VnicProfileUsers>;
  const cases: [string, StoredVnicProfile, VnicProfileChange, Around, RefusalCode[], (string | RegExp)?][] = [
    [
      'to another network',
      sampleVnicProfile(),
      { network: { name: 'blue' } },
      asking({ network: { ref: 'blue', found: [sampleNetwork({ id: 'n2', name: 'blue' })] } }),
      ['CANNOT_CHANGE_VNIC_PROFILE_NETWORK'],
      /on network n1; blue \(n2\)/,
    ],
    [
      'to a network that does not exist',
      sampleVnicProfile(),
      { network: { name: 'blue' } },
      asking({ network: { ref: 'blue', found: [] } }),
      ['ACTION_TYPE_FAILED_NETWORK_NOT_EXIST'],
      'blue',
    ],
    [
      'on while a VM uses the profile',
      sampleVnicProfile(),
      { pass_through: 'enabled' },
      usedBy({ name: 'a' }, { name: 'b' }),
      ['VNIC_PROFILE_IN_ONE_USE'],
      /disabled to enabled; .* vm-1 \(a, b\)\.$/,
    ],
    [
      'from enabled to preferred while VMs use the profile',
      ENABLED,
      { pass_through: 'preferred' },
      { users: ['vm-1', 'vm-2'].map((name) => sampleVm([sampleVnic(1, { profileId: 'p1' })], { id: name, name })) },
      ['VNIC_PROFILE_IN_MANY_USES'],
      /vm-1 \(nic1\), vm-2 \(nic1\)/,
    ],
    [
      'to passthrough while the profile is the failover of others',
      sampleVnicProfile(),
      { pass_through: 'preferred' },
      {
        failoverOf: [sampleVnicProfile({ id: 'p2', name: 'silver' }), sampleVnicProfile({ id: 'p3', name: 'silver' })],
      },
      ['VNIC_PROFILE_IS_FAILOVER'],
      /silver \(p2\), silver \(p3\)/,
    ],
    [
      'to preferred while vNICs use it that can have no VF',
      sampleVnicProfile(),
      { pass_through: 'preferred' },
      usedBy({ interface: 'e1000' }, { linked: false }, { customMtu: 9000, macSpoofing: true }, { pinnedVf: PIN }),
      [
        'VM_INTERFACE_TYPE_NOT_MATCH_PROFILE',
        'UNLINKING_OF_PASSTHROUGH_VNIC_IS_NOT_SUPPORTED',
        'PASSTHROUGH_VNIC_CONTAINS_NOT_SUPPORTED_PROPERTIES',
      ],
      /nic1 of .* vm-1 is of the type e1000\.\n.*nic2 of .* is unlinked\.\n.*nic3 .*`custom_mtu`, nic3 .*`mac_spoofing`\.$/,
    ],
    [
      'from preferred while vNICs use it that need a VF',
      PREFERRED,
      { pass_through: 'disabled' },
      usedBy({ interface: 'pci_passthrough' }, { pinnedVf: PIN }, { linked: true }),
      ['VM_INTERFACE_TYPE_NOT_MATCH_PROFILE', 'PINNED_VF_NEEDS_PASSTHROUGH'],
      /nic1 .*pci_passthrough\.\n.*nic2 of .* is pinned to a VF\.$/,
    ],
    [
      'to preferred while the cluster of a VM that uses it is too old',
      sampleVnicProfile(),
      { pass_through: 'preferred' },
      { ...usedBy({}), clusters: [sampleCluster({ compatibilityVersion: '3.5' })] },
      ['PASSTHROUGH_NOT_SUPPORTED_BY_CLUSTER_LEVEL'],
      /vm-1 \(nic1\) in cluster Default \(3\.5\)/,
    ],
    [
      'to a failover while the cluster of a VM that uses it is too old',
      { ...ENABLED, migratable: true },
      { failover: { name: 'spare' } },
      {
        ...askingFailover(),
        ...usedBy({ interface: 'pci_passthrough' }),
        clusters: [sampleCluster({ compatibilityVersion: '4.5' })],
      },
      ['FAILOVER_NOT_SUPPORTED_BY_CLUSTER_LEVEL'],
      /Default \(4\.5\)/,
    ],
    [
      'to disabled that would drop what goes with passthrough, all of it named',
      FULL,
      { pass_through: 'disabled' },
      { failover: FAILOVER },
      ['MIGRATABLE_NEEDS_PASSTHROUGH', 'FAILOVER_NEEDS_MIGRATABLE_PASSTHROUGH', 'VF_PROPERTIES_NEED_PASSTHROUGH'],
      /`failover` would be spare\.\n.*`trust`, `vlan_qos`/,
    ],
    [
      'to no longer migratable with a failover',
      FULL,
      { migratable: false },
      { failover: FAILOVER },
      ['FAILOVER_NEEDS_MIGRATABLE_PASSTHROUGH'],
    ],
    [
      'to passthrough with what it has already',
      sampleVnicProfile({ qosId: 'q1', portMirroring: true }),
      { pass_through: 'enabled' },
      { qos: QOS, network: ISOLATED },
      ['PASSTHROUGH_PROFILE_CONTAINS_NOT_SUPPORTED_PROPERTIES', 'PASSTHROUGH_PROFILE_NOT_SUPPORTS_PORT_ISOLATION'],
      /`port_mirroring`, `qos` slow/,
    ],
    [
      'to a lowest rate above the highest it has',
      { ...ENABLED, vf: { ...NO_VF_PROPERTIES, max_tx_rate: 10 } },
      { vf: { min_tx_rate: 11 } },
      {},
      ['VF_RATES_NOT_IN_VALID_RANGE'],
    ],
  ];
  it.each(cases)('%s', (_, before, fields, around, codes, detail = '') => {
    const refused = told(decideUpdateVnicProfile(before, { fields }, { ...AROUND, ...around }));
    expect(refused.codes).toEqual(codes);
    expect(refused.details).toMatch(detail);
  });

  it('for every rule of the table in some case', () => {
    const exercised = new Set([...cases.flatMap(([, , , , codes]) => codes), 'PRECONDITION_FAILED']);
    for (const { code } of VNIC_PROFILE_EDIT_RULES) expect(exercised).toContain(code);
  });

  it('when it was made for another version, even one that changes nothing', () => {
    const refused = told(
      decideUpdateVnicProfile(sampleVnicProfile({ revision: 3 }), { fields: {}, ifVersion: 2 }, AROUND),
    );
    expect(refused).toEqual({ codes: ['PRECONDITION_FAILED'], details: expect.stringMatching(/gold is at version 3/) });
  });
});

it.each([
  ['that nobody uses', {}, []],
  ['that a VM uses', usedBy({}), ['VNIC_PROFILE_IN_ONE_USE']],
  ['that VMs use', { users: [...usedBy({}).users, ...usedBy({}).users] }, ['VNIC_PROFILE_IN_MANY_USES']],
  ['that is a failover', { failoverOf: [FAILOVER] }, ['VNIC_PROFILE_IS_FAILOVER']],
  [
    'for every rule',
    { ...usedBy({}), failoverOf: [FAILOVER] },
    ['VNIC_PROFILE_IN_ONE_USE', 'VNIC_PROFILE_IS_FAILOVER'],
  ],
])('judges the removal of a profile %s', (_, users, codes) => {
  const judged = (ifVersion: number) =>
    brokenVnicProfileRemovalRules(sampleVnicProfile(), { ifVersion }, { ...AROUND, ...users });
  expect(judged(1).map(({ code }) => code)).toEqual(codes);
  expect(judged(2).map(({ code }) => code)).toEqual(['PRECONDITION_FAILED', ...codes]);
  for (const { code, detail } of judged(1))
    expect(detail).toMatch(code === 'VNIC_PROFILE_IS_FAILOVER' ? 'spare (p9)' : 'vm-1 (nic1)');
});

function told(decision: VnicProfileDecision): { codes: RefusalCode[]; details: string } {
  const refusals = decision.ok ? [] : decision.refusals;
  return { codes: refusals.map(({ code }) => code), details: refusals.map(({ detail }) => detail).join('\n') };
}
