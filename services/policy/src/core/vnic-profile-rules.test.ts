import type { RefusalCode } from '@vfleet/contracts/refusals';
import type { NewVnicProfile } from '@vfleet/contracts/vocabulary/vnic-profile';
import { describe, expect, it } from 'vitest';
import { sampleQos, sampleVnicProfile } from '../testing/sample-vnic-profile.ts';
import {
  AROUND,
  asking,
  askingFailover,
  askingQos,
  FAILOVER,
  ISOLATED,
  NETWORK,
} from '../testing/vnic-profile-around.ts';
import { decideAddVnicProfile, type VnicProfileDecision } from './decide-vnic-profile.ts';
import { VNIC_PROFILE_RULES, type VnicProfileRelated } from './vnic-profile-rules.ts';

describe('a new profile is refused', () => {
  const cases: [string, Partial<NewVnicProfile>, Partial<VnicProfileRelated>, RefusalCode[], (string | RegExp)?][] = [
    [
      'on a network that does not exist',
      {},
      { ...asking({ network: { ref: 'blue', found: [] } }), network: undefined },
      ['ACTION_TYPE_FAILED_NETWORK_NOT_EXIST'],
      'blue',
    ],
    ['with a name of the network', {}, { namesake: FAILOVER }, ['VNIC_PROFILE_NAME_IN_USE'], 'id p9 is known as gold'],
    [
      'by two names that say different things',
      { pass_through: 'preferred', passthrough: 'enabled' },
      {},
      ['PASSTHROUGH_NAMES_DISAGREE'],
      /preferred.*enabled/,
    ],
    ...(['enabled', 'preferred'] as const).map(
      (pass_through): [string, Partial<NewVnicProfile>, Partial<VnicProfileRelated>, RefusalCode[], RegExp] => [
        `${pass_through} with all that a VF cannot have, each named`,
        { pass_through, port_mirroring: true, qos: { name: 'slow' }, network_filter: 'clean-traffic' },
        { ...askingQos(), network: ISOLATED },
        ['PASSTHROUGH_PROFILE_CONTAINS_NOT_SUPPORTED_PROPERTIES', 'PASSTHROUGH_PROFILE_NOT_SUPPORTS_PORT_ISOLATION'],
        /`port_mirroring`, `qos` slow, `network_filter` clean-traffic.*\n.*network red has port isolation/,
      ],
    ),
    ['migratable without passthrough', { migratable: true }, {}, ['MIGRATABLE_NEEDS_PASSTHROUGH'], 'gold'],
    [
      'with a failover and not migratable',
      { passthrough: 'enabled', failover: { name: 'spare' } },
      askingFailover(),
      ['FAILOVER_NEEDS_MIGRATABLE_PASSTHROUGH'],
      /enabled, `migratable` false, .* spare/,
    ],
    [
      'with a failover that does not exist',
      { pass_through: 'enabled', migratable: true, failover: { id: 'p7' } },
      asking({ failover: { ref: 'p7', found: [] } }),
      ['FAILOVER_VNIC_PROFILE_NOT_EXIST'],
      'p7',
    ],
    [
      'with a failover of a name that several have',
      { pass_through: 'enabled', migratable: true, failover: { name: 'spare' } },
      asking({
        failover: { ref: 'spare', found: [FAILOVER, sampleVnicProfile({ id: 'p8', name: 'spare', networkId: 'n2' })] },
      }),
      ['VNIC_PROFILE_NAME_AMBIGUOUS'],
      /p9 on network n1, p8 on network n2/,
    ],
    [
      'as its own failover',
      { pass_through: 'enabled', migratable: true, failover: { id: 'p1' } },
      asking({ failover: { ref: 'p1', found: [] } }),
      ['FAILOVER_VNIC_PROFILE_CANNOT_POINT_TO_SELF'],
      'gold',
    ],
    [
      'with a failover that prefers VFs itself',
      { pass_through: 'preferred', migratable: true, failover: { name: 'spare' } },
      askingFailover({ ...FAILOVER, passThrough: 'preferred' }),
      ['FAILOVER_VNIC_PROFILE_IS_PASSTHROUGH'],
      /spare, .*preferred/,
    ],
    [
      'with properties of VFs it never gives',
      { vf: { trust: false, vlan_qos: 0, spoof_check: null } },
      {},
      ['VF_PROPERTIES_NEED_PASSTHROUGH'],
      /`trust`, `vlan_qos`\.$/,
    ],
    [
      'with a lowest rate above the highest',
      { pass_through: 'enabled', vf: { min_tx_rate: 11, max_tx_rate: 10 } },
      {},
      ['VF_RATES_NOT_IN_VALID_RANGE'],
      /11 .* 10 /,
    ],
    [
      'with a QoS that does not exist',
      { qos: { name: 'fast' } },
      asking({ qos: { ref: 'fast', found: [] } }),
      ['QOS_NOT_EXIST'],
      'fast',
    ],
    [
      'with the QoS of a network',
      { qos: { name: 'slow' } },
      askingQos(sampleQos({ type: 'host_network' })),
      ['QOS_TYPE_MISMATCH'],
      /slow.*host_network/,
    ],
    [
      'for every rule it breaks at once',
      { migratable: true, failover: { id: 'p1' }, vf: { min_tx_rate: 2, max_tx_rate: 1 }, qos: { name: 'slow' } },
      asking({
        network: { ref: 'red', found: [] },
        qos: { ref: 'slow', found: [] },
        failover: { ref: 'p1', found: [] },
      }),
      [
        'ACTION_TYPE_FAILED_NETWORK_NOT_EXIST',
        'MIGRATABLE_NEEDS_PASSTHROUGH',
        'FAILOVER_NEEDS_MIGRATABLE_PASSTHROUGH',
        'FAILOVER_VNIC_PROFILE_CANNOT_POINT_TO_SELF',
        'VF_PROPERTIES_NEED_PASSTHROUGH',
        'VF_RATES_NOT_IN_VALID_RANGE',
        'QOS_NOT_EXIST',
      ],
    ],
  ];
  it.each(cases)('%s', (_, change, related, codes, detail = '') => {
    const fields = { name: 'gold', network: { name: 'red' }, ...change };
    const refused = told(decideAddVnicProfile({ vnicProfileId: 'p1', fields }, around(related)));
    expect(refused.codes).toEqual(codes);
    expect(refused.details).toMatch(detail);
  });

  it('for every rule of the table in some case', () => {
    const exercised = new Set(cases.flatMap(([, , , codes]) => codes));
    expect([...exercised].sort()).toEqual(VNIC_PROFILE_RULES.map(({ code }) => code).sort());
  });
});

/** What an add finds: the network it names, and what else it is told. */
function around({ asked, ...change }: Partial<VnicProfileRelated>) {
  const network = asked?.network ?? { ref: 'red', found: [NETWORK] };
  return { ...AROUND, ...asking({ ...asked, network }), ...change, holder: undefined };
}

function told(decision: VnicProfileDecision): { codes: RefusalCode[]; details: string } {
  const refusals = decision.ok ? [] : decision.refusals;
  return { codes: refusals.map(({ code }) => code), details: refusals.map(({ detail }) => detail).join('\n') };
}
