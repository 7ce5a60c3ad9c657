import { MacAddress } from '@vfleet/contracts/vocabulary/mac';
import { z } from 'zod';
import type { VfTraits } from './scenario.ts';

export const ZERO_MAC = '00:00:00:00:00:00';

/** What is set on a VF of a simulated machine: all of it is told. */
export const SimulatedSettings = z.object({
  mac: MacAddress,
  vlanId: z.int().nonnegative(),
  vlanQos: z.int().nonnegative(),
  vlanProtocol: z.enum(['802.1Q', '802.1ad']),
  spoofCheck: z.boolean(),
  trust: z.boolean(),
  linkState: z.enum(['auto', 'enable', 'disable']),
  minTxRate: z.int().nonnegative(),
  maxTxRate: z.int().nonnegative(),
});
export type SimulatedSettings = z.infer<typeof SimulatedSettings>;

/** The settings of a VF that its driver has just made. */
export function firstSettings(traits: VfTraits, ownMac: string): SimulatedSettings {
  return {
    mac: traits.firstMac === 'own' ? ownMac : ZERO_MAC,
    vlanId: 0,
    vlanQos: 0,
    vlanProtocol: '802.1Q',
    spoofCheck: traits.spoofCheck,
    trust: false,
    linkState: 'auto',
    minTxRate: 0,
    maxTxRate: 0,
  };
}
