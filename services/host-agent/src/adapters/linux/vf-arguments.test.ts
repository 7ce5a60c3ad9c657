import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { vfArguments } from './vf-arguments.ts';

describe('what ip is told to set', () => {
  it.each([
    [{}, ''],
    [{ mac: null, vlanId: null, trust: null, minTxRate: null }, ''],
    [{ mac: '52:54:00:00:00:01' }, 'mac 52:54:00:00:00:01'],
    [{ vlanId: 100 }, 'vlan 100'],
    [{ vlanId: 100, vlanQos: 3, vlanProtocol: '802.1Q' }, 'vlan 100 qos 3'],
    [{ vlanId: 100, vlanQos: 0, vlanProtocol: '802.1ad' }, 'vlan 100 proto 802.1ad'],
    [{ vlanId: 100, vlanQos: 5, vlanProtocol: '802.1ad' }, 'vlan 100 qos 5 proto 802.1ad'],
    [{ vlanId: 0, vlanQos: 0, vlanProtocol: '802.1ad' }, 'vlan 0'],
    [{ vlanQos: 3 }, 'vlan 0 qos 3'],
    [{ maxTxRate: 100 }, 'max_tx_rate 100 min_tx_rate 0'],
    [{ minTxRate: 50, maxTxRate: null }, 'max_tx_rate 0 min_tx_rate 50'],
    [{ minTxRate: 0, maxTxRate: 0 }, 'max_tx_rate 0 min_tx_rate 0'],
    [{ spoofCheck: false, trust: true, linkState: 'enable' }, 'spoofchk off state enable trust on'],
  ] as const)('%o: %s', (settings, expected) => {
    expect(vfArguments(settings).join(' ')).toBe(expected);
  });

  it('F29: names both rates or none, and never the QoS or protocol of a VLAN without its id', () => {
    const settings = fc.record(
      {
        vlanId: fc.option(fc.integer({ min: 0, max: 4095 })),
        vlanQos: fc.option(fc.integer({ min: 0, max: 7 })),
        vlanProtocol: fc.option(fc.constantFrom('802.1Q', '802.1ad')),
        minTxRate: fc.option(fc.nat(10_000)),
        maxTxRate: fc.option(fc.nat(10_000)),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(settings, (given) => {
        const args = vfArguments(given);
        expect(args.includes('max_tx_rate')).toBe(args.includes('min_tx_rate'));
        if (args.includes('qos') || args.includes('proto')) expect(args[0]).toBe('vlan');
      }),
    );
  });
});
