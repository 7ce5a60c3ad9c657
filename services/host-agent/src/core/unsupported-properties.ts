import type { PfReport } from '@vfleet/contracts/vocabulary/host-report';
import type { UntoldSetting, VfSettings } from './vf-settings.ts';

export type VfProperty = PfReport['unsupported'][number];

/** What driver and firmware of a PF were found to refuse; forgotten when either is another. */
export type Unsupported = { driver: string | null; firmware: string | null; properties: VfProperty[] };

/** The link of a PF: what an EINVAL means depends on it. `speed` in Mbit/s, null when it is not told. */
export type PfLink = { carrier: boolean | null; speed: number | null };

/**
 * The kernel's own word for "not supported", in three spellings: two of include/uapi/asm-generic/errno.h, and one that is
 * not meant for user space, but which drivers let out (524, include/linux/errno.h).
 */
const NOT_SUPPORTED = ['EOPNOTSUPP', 'EPROTONOSUPPORT', 'ENOTSUPP'];

/** Drivers of 10 Gbit/s cards take no rate of so little (ixgbe_ndo_set_vf_bw: "max_tx_rate <= 10"). */
const LOWEST_RATE = 11;

/**
 * The properties that a refused command shows to be unsupported; empty when the errno tells something else. EINVAL is a
 * driver's way to say so too (ixgbe of a minimum rate), but only of a legal value while the link is up.
 */
export function unsupportedBy(set: Partial<VfSettings>, errno: string, link: PfLink): VfProperty[] {
  if (NOT_SUPPORTED.includes(errno)) return namedIn(set, errno);
  return errno === 'EINVAL' && link.carrier === true && isLegal(set, link) ? namedIn(set, errno).slice(0, 1) : [];
}

const PROPERTIES: Record<UntoldSetting, VfProperty> = {
  spoofCheck: 'spoof_check',
  trust: 'trust',
  linkState: 'link_state',
  minTxRate: 'min_tx_rate',
  vlanProtocol: 'vlan_protocol',
};

/** The properties of settings that a driver does not tell: it counts as without them. */
export function propertiesOf(untold: readonly UntoldSetting[]): VfProperty[] {
  return untold.map((name) => PROPERTIES[name]);
}

/** What is kept after a refusal: more for the same driver and firmware, anew for others. */
export function withUnsupported(
  kept: Unsupported | null,
  { driver, firmware }: Pick<Unsupported, 'driver' | 'firmware'>,
  found: readonly VfProperty[],
): Unsupported {
  const known = supportOf(kept, { driver, firmware });
  return { driver, firmware, properties: [...new Set([...known, ...found])].toSorted() };
}

/** What is known to be unsupported by a PF as it is now. */
export function supportOf(kept: Unsupported | null, now: Pick<Unsupported, 'driver' | 'firmware'>): VfProperty[] {
  return kept && kept.driver === now.driver && kept.firmware === now.firmware ? kept.properties : [];
}

/** The properties a command asks something of; the likelier one to be refused first. A plain VLAN is none. */
function namedIn(set: Partial<VfSettings>, errno: string): VfProperty[] {
  const asked: [VfProperty, boolean][] = [
    ['spoof_check', set.spoofCheck !== undefined],
    ['trust', set.trust !== undefined],
    ['link_state', set.linkState !== undefined],
    ['min_tx_rate', (set.minTxRate ?? 0) > 0],
    ['max_tx_rate', (set.maxTxRate ?? 0) > 0],
    ['vlan_protocol', set.vlanProtocol === '802.1ad'],
    ['vlan_qos', (set.vlanQos ?? 0) > 0 && errno !== 'EPROTONOSUPPORT'],
  ];
  return asked.flatMap(([name, isAsked]) => (isAsked ? [name] : []));
}

function isLegal({ maxTxRate, minTxRate }: Partial<VfSettings>, { speed }: PfLink): boolean {
  const [min, max] = [minTxRate ?? 0, maxTxRate ?? 0];
  if (min === 0 && max === 0) return true;
  const isInSpeed = speed !== null && Math.max(min, max) <= speed;
  return isInSpeed && (max === 0 || (max >= LOWEST_RATE && min <= max));
}
