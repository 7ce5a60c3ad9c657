import { endsNewest, settle } from '@vfleet/contracts/desired-state';
import type { ChangeFailure, PfReport, Settlement } from '@vfleet/contracts/vocabulary/host-report';
import type { MtuFailureCode } from '@vfleet/contracts/vocabulary/pf-mtu';
import { allowAllNetworks } from './decide-update-vfs-config.ts';
import type { LedgerVfsConfig } from './ledger.ts';
import { takePfHealth } from './pf-health.ts';

const MTU_NOT_KNOWN: ChangeFailure & { code: MtuFailureCode } = {
  code: 'MTU_NOT_KNOWN',
  cause: 'the agent of the host is of a release that sets no MTU: the number of virtual functions was applied alone',
  remedy: 'Install the vfleet-host-agent of the version that the control plane has; then send the MTU again.',
};

/**
 * Takes what an agent says of one PF into its VfsConfig: the settlement, whether it is stuck, its warning. The flag
 * that waited with a number is saved by the settlement that applies that number, and dropped by any other.
 * Settlements of another VfsConfig id (a card that was removed and came back) are not ours. A ledger that has applied
 * nothing goes by the MTU that the host restores at boot, as it does by its number: the host may have been added again.
 */
export function takePfReport(config: LedgerVfsConfig, pf: PfReport, now: string): LedgerVfsConfig {
  const { stuck, warning, unsupported, autoprobe, vfDriverAvailable, persisted } = pf;
  const known: LedgerVfsConfig = {
    ...config,
    ...{ stuck, warning, unsupported, persisted },
    appliedMtu: config.appliedNumOfVfs === null ? pf.persistedMtu : config.appliedMtu,
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

/** An agent that knows nothing of MTUs applies the number alone, and says that it has applied it. */
function lacksMtu({ desired }: LedgerVfsConfig, { generation, wantedMtu }: Settlement): boolean {
  return endsNewest(desired, generation) && desired.want?.mtu != null && desired.want.mtu !== wantedMtu;
}

function takeSettlement(config: LedgerVfsConfig, settlement: Settlement, now: string): LedgerVfsConfig {
  const { generation, outcome, existing, wanted, wantedMtu } = settlement;
  const isPartial = outcome.result === 'applied' && lacksMtu(config, settlement);
  const desired = settle(config.desired, {
    generation,
    result: isPartial ? 'failed' : outcome.result,
    failure: isPartial ? MTU_NOT_KNOWN : outcome.result === 'applied' ? null : outcome.failure,
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
