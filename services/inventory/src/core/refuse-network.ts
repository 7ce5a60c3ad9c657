import type { Rule } from '@vfleet/contracts/rules';
import type { LedgerNic, LedgerVfsConfig } from './ledger.ts';

/** Lists cannot be changed while all networks are allowed. */
export const allNetworksAllowed: Rule<{ nic: LedgerNic; config: LedgerVfsConfig }> = {
  code: 'ACTION_TYPE_FAILED_CANNOT_SET_SPECIFIC_NETWORKS',
  detail: ({ nic, config }) => (config.allNetworksAllowed ? `All networks are allowed on ${nic.name}.` : undefined),
};

export function noSuchNetwork(ref: string): string {
  return `No network has the id or the name ${ref}.`;
}
