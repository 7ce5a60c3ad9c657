import type { DomainInterface } from '@vfleet/contracts/vocabulary/domain';

/** What is set on a VF, as `ip -j -d link show` of its PF tells; rates in Mbit/s, 0 is none; null is not told. */
export type VfSettings = {
  mac: string | null;
  /** 0 is no VLAN. */
  vlanId: number | null;
  vlanQos: number | null;
  vlanProtocol: '802.1Q' | '802.1ad' | null;
  spoofCheck: boolean | null;
  trust: boolean | null;
  linkState: 'auto' | 'enable' | 'disable' | null;
  minTxRate: number | null;
  maxTxRate: number | null;
};

/** What a driver may refuse to take back though it was so: a VF that was never given a MAC shows this one. */
export const ZERO_MAC = '00:00:00:00:00:00';

/**
 * What one command sets, in the order of a preparation: the MAC before the check of it, for some drivers fix what is
 * checked when the check is switched on; the VLAN with QoS and protocol, and both rates together, since setting one
 * clears the other.
 */
const COMMANDS: readonly (readonly (keyof VfSettings)[])[] = [
  ['mac'],
  ['vlanId', 'vlanQos', 'vlanProtocol'],
  ['spoofCheck'],
  ['trust'],
  ['linkState'],
  ['minTxRate', 'maxTxRate'],
];

/** What a VF is to have for an interface; null leaves what is there. Without a VLAN there is no QoS either. */
export function wantedSettings({ mac, network, properties }: DomainInterface & { kind: 'vf' }): VfSettings {
  const vlanId = network?.vlanId ?? 0;
  return {
    mac: mac.toLowerCase(),
    vlanId,
    vlanQos: vlanId === 0 ? 0 : (properties.vlan_qos ?? 0),
    vlanProtocol: vlanId === 0 ? null : (properties.vlan_protocol ?? '802.1Q'),
    spoofCheck: properties.spoof_check,
    trust: properties.trust,
    linkState: properties.link_state,
    minTxRate: properties.min_tx_rate,
    maxTxRate: properties.max_tx_rate,
  };
}

/** The commands that bring a VF from what is seen to what is wanted, in order; none when nothing differs. */
export function changesTo(wanted: VfSettings, seen: VfSettings): Partial<VfSettings>[] {
  return COMMANDS.filter((command) => command.some((name) => wanted[name] !== null && wanted[name] !== seen[name])).map(
    (command) =>
      Object.fromEntries(
        command.map((name) => [name, wanted[name] ?? seen[name]] as const).filter(([, value]) => value !== null),
      ),
  );
}

/** The same in the order of taking back: what was set last goes first. */
export function changesBackTo(before: VfSettings, seen: VfSettings): Partial<VfSettings>[] {
  return changesTo(before, seen).toReversed();
}

/** What leaves a guest no more than any VF has: it may be set though it cannot be read back or taken back. */
const HARMLESS: Partial<VfSettings> = {
  ...{ spoofCheck: true, trust: false, linkState: 'auto', minTxRate: 0, vlanProtocol: '802.1Q' },
};

/** A setting that some drivers take and never tell. */
export type UntoldSetting = 'spoofCheck' | 'trust' | 'linkState' | 'minTxRate' | 'vlanProtocol';

const MAYBE_UNTOLD: readonly UntoldSetting[] = ['spoofCheck', 'trust', 'linkState', 'minTxRate', 'vlanProtocol'];

/**
 * What is wanted and not told of a VF: it could be neither checked nor taken back, and the next to get the VF would have
 * it too.
 */
export function untoldIn(wanted: VfSettings, seen: VfSettings): UntoldSetting[] {
  return MAYBE_UNTOLD.filter((name) => seen[name] === null && wanted[name] !== null && wanted[name] !== HARMLESS[name]);
}

/** The MAC alone, to be read back. */
export function onlyMac(mac: string): VfSettings {
  return {
    ...{ mac, vlanId: null, vlanQos: null, vlanProtocol: null, spoofCheck: null },
    ...{ trust: null, linkState: null, minTxRate: null, maxTxRate: null },
  };
}

/** One setting that is not as it was to be. */
export type SettingDifference = { name: keyof VfSettings; wanted: string; seen: string };

/** What a read-back shows to differ. A value that the driver does not tell cannot differ. */
export function differencesFrom(wanted: VfSettings, seen: VfSettings): SettingDifference[] {
  return COMMANDS.flat()
    .filter((name) => wanted[name] !== null && seen[name] !== null && wanted[name] !== seen[name])
    .map((name) => ({ name, wanted: String(wanted[name]), seen: String(seen[name]) }));
}
