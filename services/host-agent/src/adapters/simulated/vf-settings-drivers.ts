import type { VfTraits } from './scenario.ts';

/** What all drivers of the table do unless they say otherwise: 802.1ad needs a card that tags twice. */
const USUAL: VfTraits = {
  firstMac: 'zero',
  spoofCheck: true,
  refuses: { '802.1ad': 'EPROTONOSUPPORT' },
  ratesNeedCarrier: false,
};

/**
 * From the drivers' `ndo_set_vf_*`: igb has no `ndo_set_vf_link_state`; the Intel ones refuse a minimum rate with EINVAL
 * and know no rate without a link speed; igb and ixgbe of older kernels do not take an all-zero MAC back; mlx5_core
 * does not check for spoofing unless told.
 */
const TRAITS: ReadonlyMap<string, VfTraits> = new Map<string, VfTraits>([
  [
    'igb',
    {
      ...USUAL,
      firstMac: 'own',
      refuses: { ...USUAL.refuses, zeroMac: 'EADDRNOTAVAIL', minTxRate: 'EINVAL', linkState: 'EOPNOTSUPP' },
      ratesNeedCarrier: true,
    },
  ],
  [
    'ixgbe',
    { ...USUAL, refuses: { ...USUAL.refuses, zeroMac: 'EINVAL', minTxRate: 'EINVAL' }, ratesNeedCarrier: true },
  ],
  ['i40e', { ...USUAL, refuses: { ...USUAL.refuses, minTxRate: 'EINVAL' }, ratesNeedCarrier: true }],
  ['ice', { ...USUAL, refuses: {} }],
  ['mlx5_core', { ...USUAL, spoofCheck: false }],
]);

/** How a driver treats the settings of its VFs; an unknown one takes everything. */
export function traitsOf(driver: string): VfTraits {
  return TRAITS.get(driver) ?? { ...USUAL, refuses: {} };
}
