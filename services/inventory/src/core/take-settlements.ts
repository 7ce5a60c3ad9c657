import { endsNewest, settle } from '@vfleet/contracts/desired-state';
import type { PfReport, Settlement } from '@vfleet/contracts/vocabulary/host-report';
import { allowAllNetworks } from './decide-update-vfs-config.ts';
import type { LedgerVfsConfig } from './ledger.ts';

/**
 * Takes what an agent says of one PF into its VfsConfig: the settlement, whether it is stuck, its warning. The flag
 * that waited with a number is saved by the settlement that applies that number, and dropped by any other.
 * Settlements of another VfsConfig id (a card that was removed and came back) are not ours.
 */
export function takePfReport(config: LedgerVfsConfig, pf: PfReport, now: string): LedgerVfsConfig {
  const { stuck, warning, unsupported, autoprobe, vfDriverAvailable } = pf;
  const known = { ...config, stuck, warning, unsupported, expectNetdevs: autoprobe && vfDriverAvailable };
  return pf.settlement?.vfsConfigId === config.id ? takeSettlement(known, pf.settlement, now) : known;
}

function takeSettlement(config: LedgerVfsConfig, settlement: Settlement, now: string): LedgerVfsConfig {
  const { generation, outcome, existing, wanted } = settlement;
  const desired = settle(config.desired, {
    generation,
    result: outcome.result,
    failure: outcome.result === 'applied' ? null : outcome.failure,
    existing,
    at: now,
  });
  if (desired === config.desired) return config;
  const settled = { ...config, desired, progress: null };
  if (outcome.result !== 'applied') return settled;
  const applied = { ...settled, appliedNumOfVfs: wanted };
  const waiting = config.desired.want?.allNetworksAllowed ?? null;
  return endsNewest(config.desired, generation) && waiting !== null ? allowAllNetworks(applied, waiting) : applied;
}
