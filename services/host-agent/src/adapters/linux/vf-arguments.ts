import type { VfSettings } from '../../guests.ts';

/**
 * What follows `ip link set dev PF vf N` to set properties of a VF; empty when there is nothing to set. What is not given
 * of a VLAN or of the rates is none: iproute2 would fill in the rate that is left out from what is set. 802.1Q is not
 * named, so that kernels before 4.9 take it, nor is the protocol of no VLAN.
 */
export function vfArguments(settings: Partial<VfSettings>): string[] {
  const { mac, vlanId, vlanQos, vlanProtocol, spoofCheck, trust, linkState, minTxRate, maxTxRate } = settings;
  const args: string[] = [];
  if (isGiven(mac)) args.push('mac', mac);
  if (isGiven(vlanId) || isGiven(vlanQos) || isGiven(vlanProtocol)) {
    args.push('vlan', String(vlanId ?? 0));
    if (vlanQos) args.push('qos', String(vlanQos));
    if (vlanId && vlanProtocol === '802.1ad') args.push('proto', vlanProtocol);
  }
  if (isGiven(minTxRate) || isGiven(maxTxRate)) {
    args.push('max_tx_rate', String(maxTxRate ?? 0), 'min_tx_rate', String(minTxRate ?? 0));
  }
  if (isGiven(spoofCheck)) args.push('spoofchk', onOrOff(spoofCheck));
  if (isGiven(linkState)) args.push('state', linkState);
  if (isGiven(trust)) args.push('trust', onOrOff(trust));
  return args;
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}

function onOrOff(value: boolean): string {
  return value ? 'on' : 'off';
}
