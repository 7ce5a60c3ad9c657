import type { MacAddress } from '@vfleet/contracts/vocabulary/mac';

const GROUP_LENGTH = '_aa'.length;
const MAC_GROUPS = /^(?:_[0-9a-f]{2}){6}$/i;
/** The hardware address of IP over InfiniBand has twenty groups, of which the last six are no MAC. */
const INFINIBAND_GROUPS = /^(?:_[0-9a-f]{2}){20}$/i;

/**
 * The MAC that the name of a net device carries in its last six groups, `net_enp5s0f0_aa_bb_cc_dd_ee_ff`; what
 * comes before is not looked at, because an interface name may itself hold `_`. Null for a netdev without one, such
 * as a tunnel (`net_tun0`).
 */
export function macOfNetDevice(name: string): MacAddress | null {
  const groups = name.slice(-6 * GROUP_LENGTH);
  if (!MAC_GROUPS.test(groups) || INFINIBAND_GROUPS.test(name.slice(-20 * GROUP_LENGTH))) return null;
  return groups.slice(1).replaceAll('_', ':').toLowerCase();
}
