import type { VfSettings } from '../../guests.ts';
import { VfProperty } from './faults.ts';
import type { Machine, SimulatedPf, SimulatedVf } from './machine.ts';
import { type SimulatedSettings, ZERO_MAC } from './vf-settings.ts';
import { pass } from './waiting.ts';

const BROADCAST_OR_GROUP = /^.[13579bdf]/;

/** 12 bits; the kernel takes 4095 too, though no network may have it. */
const LAST_VLAN = 4095;

/** What of a command one property takes; undefined when the command does not touch it. */
const CHANGES: Record<VfProperty, (wanted: Partial<VfSettings>) => Partial<SimulatedSettings> | undefined> = {
  mac: ({ mac }) => (isGiven(mac) ? { mac } : undefined),
  vlan: ({ vlanId, vlanQos, vlanProtocol }) =>
    isGiven(vlanId) || isGiven(vlanQos) || isGiven(vlanProtocol)
      ? { vlanId: vlanId ?? 0, vlanQos: vlanQos ?? 0, vlanProtocol: vlanProtocol ?? '802.1Q' }
      : undefined,
  rate: ({ minTxRate, maxTxRate }) =>
    isGiven(minTxRate) || isGiven(maxTxRate) ? { minTxRate: minTxRate ?? 0, maxTxRate: maxTxRate ?? 0 } : undefined,
  spoofCheck: ({ spoofCheck }) => (isGiven(spoofCheck) ? { spoofCheck } : undefined),
  linkState: ({ linkState }) => (isGiven(linkState) ? { linkState } : undefined),
  trust: ({ trust }) => (isGiven(trust) ? { trust } : undefined),
};

/**
 * One command of `ip link set dev PF vf N …` as the kernel does it (`do_setvfinfo`): property by property in its order,
 * until one is refused; what was set before it stays. The three of a VLAN travel together, and so do both rates: what
 * is not given of them becomes none.
 */
export function setVfInfo(
  machine: Machine,
  { pf, vf }: { pf: SimulatedPf; vf: SimulatedVf },
  wanted: Partial<VfSettings>,
): string | null {
  for (const property of VfProperty.options) {
    const changed = CHANGES[property](wanted);
    if (!changed) continue;
    const subject = { pf: pf.address, vf: vf.index, property };
    const errno = machine.faults.strikeCall('vf-set-errno', subject)?.errno ?? refusal(machine, { pf, vf }, changed);
    if (errno) return errno;
    if (machine.faults.strikeCall('vf-set-ignored', subject)) continue;
    const late = machine.faults.strikeCall('vf-set-late', subject);
    if (late) void pass(machine, late.afterMs).then(() => Object.assign(vf.settings, changed));
    else Object.assign(vf.settings, changed);
  }
  return null;
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}

/** The errno with which kernel or driver refuse a change; null when they take it. */
function refusal(
  machine: Machine,
  { pf, vf: { settings } }: { pf: SimulatedPf; vf: SimulatedVf },
  wanted: Partial<SimulatedSettings>,
): string | null {
  const { refuses, ratesNeedCarrier, spoofCheckNeedsMac } = machine.traitsOf(pf);
  const { mac, vlanId = 0, vlanQos = 0, vlanProtocol, minTxRate = 0, maxTxRate = 0 } = wanted;
  if (mac === ZERO_MAC && refuses.zeroMac) return refuses.zeroMac;
  if (mac === ZERO_MAC && settings.spoofCheck && spoofCheckNeedsMac) return spoofCheckNeedsMac;
  if (wanted.spoofCheck && settings.mac === ZERO_MAC && spoofCheckNeedsMac) return spoofCheckNeedsMac;
  if (wanted.vlanId === 0 && refuses.noVlan) return refuses.noVlan;
  if (mac !== undefined && BROADCAST_OR_GROUP.test(mac)) return 'EINVAL';
  if (vlanId > LAST_VLAN || vlanQos > 7) return 'EINVAL';
  if (vlanProtocol === '802.1ad' && refuses['802.1ad']) return refuses['802.1ad'];
  if (minTxRate > 0 && refuses.minTxRate) return refuses.minTxRate;
  if (maxTxRate > 0 && refuses.maxTxRate) return refuses.maxTxRate;
  const hasRate = minTxRate > 0 || maxTxRate > 0;
  if (hasRate && ratesNeedCarrier && !(pf.isUp && pf.port.carrier)) return 'EINVAL';
  if (hasRate && (minTxRate > (maxTxRate || minTxRate) || maxTxRate > (pf.card.speed ?? maxTxRate))) return 'EINVAL';
  if (wanted.spoofCheck !== undefined && refuses.spoofCheck) return refuses.spoofCheck;
  if (wanted.linkState !== undefined && refuses.linkState) return refuses.linkState;
  if (wanted.trust !== undefined && refuses.trust) return refuses.trust;
  return null;
}
