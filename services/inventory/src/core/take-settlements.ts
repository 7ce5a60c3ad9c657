import { endsNewest, settle } from '@vfleet/contracts/desired-state';
import type { PfReport, Settlement } from '@vfleet/contracts/vocabulary/host-report';
import { allowAllNetworks } from './decide-update-vfs-config.ts';
import type { LedgerVfsConfig } from './ledger.ts';
import { takePfHealth } from './pf-health.ts';

/**
 * Takes what an agent says of one PF into its VfsConfig: the settlement, whether it is stuck, its warning. The flag
 * that waited with a number is saved by the settlement that applies that number, and dropped by any other.
 * Settlements of another VfsConfig id (a card that was removed and came back) are not ours.
 */
export function takePfReport(config: LedgerVfsConfig, pf: PfReport, now: string): LedgerVfsConfig {
  const { stuck, warning, unsupported, autoprobe, vfDriverAvailable, persisted } = pf;
  const known: LedgerVfsConfig = {
    ...config,
    ...{ stuck, warning, unsupported, persisted },
    expectNetdevs: autoprobe && vfDriverAvailable,
    changingOnHost: isAtWork(pf),
    health: config.missingSince === null ? takePfHealth(config.health, pf.health) : config.health,
  };
  return pf.settlement?.vfsConfigId === config.id ? takeSettlement(known, pf.settlement, now) : known;
}

/** A change that is told beside its own settlement has ended. */
function isAtWork({ changing, settlement }: PfReport): boolean {
  return changing !== null && (settlement === null || settlement.generation < changing.generation);
}

function takeSettlement(config: LedgerVfsConfig, settlement: Settlement, now: string): LedgerVfsConfig {
  const { generation, outcome, existing, wanted, wantedMtu } = settlement;
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
  const applied = { ...settled, appliedNumOfVfs: wanted, appliedMtu: wantedMtu };
  const waiting = config.desired.want?.allNetworksAllowed ?? null;
  return endsNewest(config.desired, generation) && waiting !== null ? allowAllNetworks(applied, waiting) : applied;
}
