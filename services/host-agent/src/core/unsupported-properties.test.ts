import { describe, expect, it } from 'vitest';
import { supportOf, unsupportedBy, withUnsupported } from './unsupported-properties.ts';

const UP = { carrier: true, speed: 1000 };
const IGB = { driver: 'igb', firmware: '1.2' };

describe('what a refused command shows to be unsupported', () => {
  it.each([
    { set: { spoofCheck: true }, errno: 'EOPNOTSUPP', link: UP, expected: ['spoof_check'] },
    {
      set: { linkState: 'enable' as const },
      errno: 'EOPNOTSUPP',
      link: { carrier: false, speed: null },
      expected: ['link_state'],
    },
    { set: { trust: true }, errno: 'ENOTSUPP', link: UP, expected: ['trust'] },
    { set: { trust: true }, errno: 'EINVAL', link: UP, expected: ['trust'] },
    { set: { trust: true }, errno: 'EINVAL', link: { carrier: false, speed: null }, expected: [] },
    { set: { trust: true }, errno: 'EPERM', link: UP, expected: [] },
    { set: { minTxRate: 10, maxTxRate: 100 }, errno: 'EINVAL', link: UP, expected: ['min_tx_rate'] },
    { set: { minTxRate: 10, maxTxRate: 100 }, errno: 'EOPNOTSUPP', link: UP, expected: ['min_tx_rate', 'max_tx_rate'] },
    { set: { minTxRate: 0, maxTxRate: 100 }, errno: 'EINVAL', link: UP, expected: ['max_tx_rate'] },
    { set: { minTxRate: 0, maxTxRate: 2000 }, errno: 'EINVAL', link: UP, expected: [] },
    { set: { minTxRate: 0, maxTxRate: 10 }, errno: 'EINVAL', link: UP, expected: [] },
    { set: { minTxRate: 0, maxTxRate: 100 }, errno: 'EINVAL', link: { carrier: true, speed: null }, expected: [] },
    { set: { minTxRate: 200, maxTxRate: 100 }, errno: 'EINVAL', link: UP, expected: [] },
    {
      set: { vlanId: 5, vlanQos: 3, vlanProtocol: '802.1ad' as const },
      errno: 'EPROTONOSUPPORT',
      link: UP,
      expected: ['vlan_protocol'],
    },
    {
      set: { vlanId: 5, vlanQos: 3, vlanProtocol: '802.1Q' as const },
      errno: 'EOPNOTSUPP',
      link: UP,
      expected: ['vlan_qos'],
    },
    { set: { vlanId: 5, vlanQos: 0, vlanProtocol: '802.1Q' as const }, errno: 'EOPNOTSUPP', link: UP, expected: [] },
    { set: { mac: '02:00:00:00:00:01' }, errno: 'EINVAL', link: UP, expected: [] },
  ])('$set with $errno is $expected', ({ set, errno, link, expected }) => {
    expect(unsupportedBy(set, errno, link)).toEqual(expected);
  });
});

it('is kept for driver and firmware, and forgotten when they are others', () => {
  const first = withUnsupported(null, IGB, ['trust']);
  const second = withUnsupported(first, IGB, ['link_state', 'trust']);
  expect(second).toEqual({ ...IGB, properties: ['link_state', 'trust'] });
  expect(supportOf(second, IGB)).toEqual(['link_state', 'trust']);
  expect(supportOf(second, { ...IGB, firmware: '1.3' })).toEqual([]);
  expect(withUnsupported(second, { driver: 'ixgbe', firmware: null }, ['min_tx_rate']).properties).toEqual([
    'min_tx_rate',
  ]);
});
