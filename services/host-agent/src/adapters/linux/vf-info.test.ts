import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REAL_SRIOV } from '../../../../../test/fixtures/sysfs-tree.ts';
import { CommandFailed } from './run-to-end.ts';
import { vfSettingsIn } from './vf-info.ts';

const FRESH = {
  vlanId: 0,
  vlanQos: 0,
  vlanProtocol: '802.1Q',
  spoofCheck: true,
  trust: false,
  linkState: 'auto',
  minTxRate: 0,
  maxTxRate: 0,
};

/** The answer of `ip` for one netdev, as a capture has it. */
function answerFor(netdev: string, capture = 'ip-d-j-link-2-vfs-configured.json'): string {
  const links: { ifname: string }[] = JSON.parse(readFileSync(join(REAL_SRIOV, capture), 'utf8'));
  return JSON.stringify(links.filter(({ ifname }) => ifname === netdev));
}

function answerWith(...vfs: object[]): string {
  return JSON.stringify([{ ifname: 'ens1', vfinfo_list: vfs }]);
}

describe('what real igb tells of its VFs', () => {
  it.each([
    [0, { ...FRESH, mac: '52:54:00:12:34:56', vlanId: 4095 }],
    [1, { ...FRESH, mac: '52:54:00:12:34:57', vlanId: 200, vlanQos: 3, spoofCheck: false, trust: true }],
    [2, { ...FRESH, mac: '0e:34:70:70:06:ad', maxTxRate: 200 }],
    [3, { ...FRESH, mac: '52:54:00:99:99:99' }],
    [4, undefined],
  ])('VF %i', (index, expected) => {
    expect(vfSettingsIn(answerFor('ens11'), index)).toEqual(expected);
  });

  it('is read of every PF in every capture', () => {
    const captures = readdirSync(REAL_SRIOV).filter((name) => name.startsWith('ip-d-j-link'));
    for (const capture of captures) {
      const links: { ifname: string; vfinfo_list?: { vf: number }[] }[] = JSON.parse(
        readFileSync(join(REAL_SRIOV, capture), 'utf8'),
      );
      for (const { ifname, vfinfo_list = [] } of links.filter(({ ifname }) => ifname !== undefined)) {
        for (const { vf } of vfinfo_list) {
          expect(Object.values(vfSettingsIn(answerFor(ifname, capture), vf) ?? { none: null })).not.toContain(null);
        }
      }
    }
  });
});

describe('what other drivers, kernels and versions of iproute2 tell', () => {
  it.each([
    ['4.17, with mac for address', { mac: '52:54:00:12:34:56' }, { mac: '52:54:00:12:34:56' }],
    ['capitals', { address: '52:54:00:AA:BB:CC' }, { mac: '52:54:00:aa:bb:cc' }],
    ['an InfiniBand address', { address: `80${':00'.repeat(19)}` }, { mac: null }],
    ['no address', {}, { mac: null }],
    ['a kernel without a list of VLANs', { vlan: 7, qos: 2 }, { vlanId: 7, vlanQos: 2, vlanProtocol: null }],
    ['no VLAN, which is never printed', {}, { vlanId: 0, vlanQos: 0, vlanProtocol: null }],
    ['an empty list', { vlan_list: [] }, { vlanId: 0, vlanQos: 0, vlanProtocol: '802.1Q' }],
    ['802.1ad', { vlan_list: [{ vlan: 7, protocol: '802.1ad' }] }, { vlanId: 7, vlanProtocol: '802.1ad' }],
    ['a protocol of its own', { vlan_list: [{ vlan: 7, protocol: 'ip' }] }, { vlanId: 7, vlanProtocol: null }],
    ['a rate without its parts', { tx_rate: 50 }, { maxTxRate: 50, minTxRate: null }],
    ['no rate, which is never printed', {}, { maxTxRate: 0, minTxRate: null }],
    ['nothing of checks', {}, { spoofCheck: null, trust: null, linkState: null }],
  ])('%s', (_, told, expected) => {
    expect(vfSettingsIn(answerWith({ vf: 3, ...told }), 3)).toMatchObject(expected);
  });

  it.each([
    ['no output', ''],
    ['an empty object for what is left out', '[{},{"ifname":"ens1"}]'],
    ['another VF', answerWith({ vf: 0 })],
  ])('nothing: %s', (_, output) => {
    expect(vfSettingsIn(output, 3)).toBeUndefined();
  });

  it.each([
    ['text', '2: ens1: <BROADCAST> mtu 1500', 'iproute2 4.17 or newer is needed'],
    ['an object', '{}', 'cannot be read'],
    ['a VLAN that is no number', answerWith({ vf: 3, vlan_list: [{ vlan: 'red' }] }), 'vlan'],
    ['a link state of another name', answerWith({ vf: 3, link_state: 'on' }), 'link_state'],
  ])('is refused: %s', (_, output, message) => {
    expect(() => vfSettingsIn(output, 3)).toThrow(CommandFailed);
    expect(() => vfSettingsIn(output, 3)).toThrow(message);
  });
});

it('reads or refuses whatever comes, and never takes one VF for another (F46)', () => {
  const anything = fc.jsonValue();
  fc.assert(
    fc.property(anything, (value) => {
      try {
        vfSettingsIn(JSON.stringify(value), 0);
      } catch (error) {
        expect(error).toBeInstanceOf(CommandFailed);
      }
    }),
  );
  const vlans = fc.uniqueArray(fc.integer({ min: 1, max: 4095 }), { minLength: 1, maxLength: 64 });
  fc.assert(
    fc.property(vlans, fc.nat(), (ids, choice) => {
      const index = choice % ids.length;
      const vfs = ids.map((vlan, vf) => ({ vf, vlan_list: [{ vlan }] })).toReversed();
      expect(vfSettingsIn(answerWith(...vfs), index)?.vlanId).toBe(ids[index]);
    }),
  );
});
