import { NO_VF_PROPERTIES, type VfProperties } from '@vfleet/contracts/vocabulary/vnic-profile';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesBackTo, changesTo, differencesFrom, untoldIn, type VfSettings, wantedSettings } from './vf-settings.ts';

const FRESH: VfSettings = {
  ...{ mac: '00:00:00:00:00:00', vlanId: 0, vlanQos: 0, vlanProtocol: '802.1Q' },
  ...{ spoofCheck: true, trust: false, linkState: 'auto', minTxRate: 0, maxTxRate: 0 },
};

function wanted(properties: Partial<VfProperties> = {}, vlanId: number | null = 100): VfSettings {
  return wantedSettings({
    ...{ kind: 'vf', vnic: { id: 'v', name: 'v' }, mac: '52:54:00:AB:00:01', linked: true, bootOrder: null },
    ...{ guestPciAddress: null, failover: null, claim: { claimId: 'k', pciAddress: '0000:05:10.0', fence: 1 } },
    network: { id: 'n', name: 'n', vlanId, mtu: 1500 },
    properties: { ...NO_VF_PROPERTIES, ...properties },
  });
}

describe('what a VF is to have', () => {
  it('is the MAC in lower case, the VLAN with its QoS and protocol, and only what the profile names', () => {
    expect(wanted({ trust: true, vlan_qos: 5 })).toEqual({
      ...{ mac: '52:54:00:ab:00:01', vlanId: 100, vlanQos: 5, vlanProtocol: '802.1Q', trust: true },
      ...{ spoofCheck: null, linkState: null, minTxRate: null, maxTxRate: null },
    });
  });

  it('has neither QoS nor protocol without a VLAN', () => {
    expect(wanted({ vlan_qos: 5, vlan_protocol: '802.1ad' }, null)).toMatchObject({
      vlanId: 0,
      vlanQos: 0,
      vlanProtocol: null,
    });
  });
});

describe('the commands that set it', () => {
  it('come in the order of a preparation, the MAC before the check of it', () => {
    const all = wanted({ spoof_check: false, trust: true, link_state: 'enable', max_tx_rate: 500 });
    expect(changesTo(all, FRESH)).toEqual([
      { mac: '52:54:00:ab:00:01' },
      { vlanId: 100, vlanQos: 0, vlanProtocol: '802.1Q' },
      { spoofCheck: false },
      { trust: true },
      { linkState: 'enable' },
      { minTxRate: 0, maxTxRate: 500 },
    ]);
  });

  it('F29: set both rates together, the one that is not asked for as it is', () => {
    expect(changesTo(wanted({ max_tx_rate: 500 }), { ...FRESH, minTxRate: 10 }).at(-1)).toEqual({
      minTxRate: 10,
      maxTxRate: 500,
    });
  });

  it('are none when nothing differs, so that a driver is not asked for what it does not take', () => {
    const asked = wanted({ spoof_check: true, link_state: 'auto' }, null);
    expect(changesTo(asked, { ...FRESH, mac: asked.mac })).toEqual([]);
  });

  it('set what is not told', () => {
    expect(changesTo(wanted({ trust: false }), { ...FRESH, trust: null })).toContainEqual({ trust: false });
  });

  it('take back in reverse: the MAC last', () => {
    const set = { ...FRESH, mac: '52:54:00:00:00:01', vlanId: 100, spoofCheck: false, trust: true, maxTxRate: 5 };
    expect(changesBackTo(FRESH, set)).toEqual([
      { minTxRate: 0, maxTxRate: 0 },
      { trust: false },
      { spoofCheck: true },
      { vlanId: 0, vlanQos: 0, vlanProtocol: '802.1Q' },
      { mac: '00:00:00:00:00:00' },
    ]);
  });
});

const settings = fc.record({
  mac: fc.constantFrom('02:00:00:00:00:01', '02:00:00:00:00:02'),
  vlanId: fc.nat(2),
  vlanQos: fc.nat(2),
  vlanProtocol: fc.constantFrom('802.1Q' as const, '802.1ad' as const),
  spoofCheck: fc.boolean(),
  trust: fc.boolean(),
  linkState: fc.constantFrom('auto' as const, 'enable' as const),
  minTxRate: fc.nat(2),
  maxTxRate: fc.nat(2),
}) satisfies fc.Arbitrary<VfSettings>;
const partly = fc
  .tuple(
    settings,
    fc.subarray(['mac', 'vlanId', 'vlanQos', 'spoofCheck', 'trust', 'linkState', 'minTxRate', 'maxTxRate'] as const),
  )
  .map(([all, left]): VfSettings => ({ ...all, ...Object.fromEntries(left.map((name) => [name, null])) }));

it('brings any VF to what is wanted, leaves what is not, and then finds nothing to do', () => {
  fc.assert(
    fc.property(partly, settings, (asked, found) => {
      const after = Object.assign({ ...found }, ...changesTo(asked, found)) as VfSettings;
      expect(differencesFrom(asked, after)).toEqual([]);
      expect(changesTo(asked, after)).toEqual([]);
      for (const name of Object.keys(found) as (keyof VfSettings)[]) {
        if (asked[name] === null) expect(after[name]).toBe(found[name]);
      }
    }),
  );
});

it('tells each setting that reads otherwise, and none that is not told', () => {
  expect(
    differencesFrom(wanted({ trust: true }), { ...FRESH, mac: '52:54:00:ab:00:01', trust: null, vlanId: 7 }),
  ).toEqual([{ name: 'vlanId', wanted: '100', seen: '7' }]);
});

it.each([
  { asked: { trust: true }, untold: ['trust'] },
  { asked: { trust: false, linkState: 'auto', spoofCheck: true } as const, untold: [] },
  {
    asked: { spoofCheck: false, linkState: 'enable', minTxRate: 5 } as const,
    untold: ['spoofCheck', 'linkState', 'minTxRate'],
  },
])('tells what a driver that tells nothing of it would keep for the next: $asked', ({ asked, untold }) => {
  const silent = { ...FRESH, spoofCheck: null, trust: null, linkState: null, minTxRate: null, vlanProtocol: null };
  expect(untoldIn({ ...wanted({}), ...asked }, silent)).toEqual(untold);
  expect(untoldIn({ ...wanted({}), ...asked }, FRESH)).toEqual([]);
  expect(untoldIn({ ...wanted({}), vlanProtocol: '802.1ad' }, silent)).toEqual(['vlanProtocol']);
});
