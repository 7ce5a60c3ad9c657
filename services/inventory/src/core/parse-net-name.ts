import type { MacAddress } from '@vfleet/contracts/vocabulary/mac';

const MAC_GROUPS = 6;
/** The hardware address of IP over InfiniBand has twenty groups, of which the last six are no MAC. */
const INFINIBAND_GROUPS = /(?:_[0-9a-f]{2}){20}$/i;
const LAST_GROUPS = new RegExp(`(?:_[0-9a-f]{2}){${MAC_GROUPS}}$`, 'i');

/**
 * The MAC that the name of a net device carries in its last six groups, `net_enp5s0f0_aa_bb_cc_dd_ee_ff`; what
 * comes before is not looked at, because an interface name may itself hold `_`. Null for a netdev without one, such
 * as a tunnel (`net_tun0`).
 */
export function macOfNetDevice(name: string): MacAddress | null {
  const groups = LAST_GROUPS.exec(name)?.[0];
  if (groups === undefined || INFINIBAND_GROUPS.test(name)) return null;
  return groups.slice(1).replaceAll('_', ':').toLowerCase();
}
