import { endOf, isOpen, lastSettlement } from '@vfleet/contracts/desired-state';
import type { GenerationOutcome } from '@vfleet/contracts/inventory';
import type { VfsConfig, VfsConfigState } from '@vfleet/contracts/vocabulary/vfs-config';
import { driftOf, isChanging } from './drift.ts';
import { effectiveNetworks } from './effective-networks.ts';
import type { KnownNetworks } from './known-networks.ts';
import type { Ledger, LedgerVfsConfig } from './ledger.ts';
import { pfHealth } from './pf-health.ts';
import { vfUses } from './vf-use.ts';

const SILENT_HOST =
  'the host does not answer; when it is back the change is applied, or is found rolled back to the last known good number';

/** A VfsConfig as callers see it: wanted against observed, counts, effective networks, and why the last change failed. */
export function vfsConfigView(ledger: Ledger, config: LedgerVfsConfig, known: KnownNetworks): VfsConfig {
  const useOf = vfUses(ledger);
  const uses = config.vfs.map((vf) => useOf(config, vf));
  const { desired } = config;
  const existing = config.vfs.length;
  const nic = ledger.nics.find(({ vfsConfigId }) => vfsConfigId === config.id);
  return {
    id: config.id,
    max_num_of_vfs: config.maximum,
    num_of_vfs: desired.want?.numOfVfs ?? existing,
    existing_num_of_vfs: existing,
    mtu: desired.want === null ? config.appliedMtu : desired.want.mtu,
    existing_mtu: nic?.mtu ?? null,
    max_mtu: nic?.maxMtu ?? null,
    num_of_vfs_in_use: uses.filter(({ inUse }) => inUse).length,
    num_of_free_vfs: uses.filter(({ free }) => free).length,
    all_networks_allowed: config.allNetworksAllowed,
    networks: effectiveNetworks(config, known),
    labels: config.labels,
    state: stateOf(config),
    generation: desired.generation,
    observed_generation: desired.settled,
    progress: progressOf(ledger, config),
    last_error: lastErrorOf(config),
    drift: driftOf(config),
    health: healthView(ledger, config),
    unsupported_properties: config.unsupported,
  };
}

/** How the generation a caller waits for ended. */
export function generationOutcome(config: LedgerVfsConfig, generation: number): GenerationOutcome {
  const end = endOf(config.desired, generation);
  if (end.state !== 'settled') return end;
  const { result, failure, existing } = end.settlement;
  if (result === 'applied' || failure === null) return { state: 'applied' };
  const { code, cause, remedy } = failure;
  return result === 'refused'
    ? { state: 'refused', code, cause, remedy }
    : { state: 'failed', code, cause, remedy, existing };
}

/** The first that holds: missing, stuck, changing, unmanaged, failed, ready. */
function stateOf(config: LedgerVfsConfig): VfsConfigState {
  if (config.missingSince) return 'missing';
  if (config.stuck) return 'stuck';
  if (isChanging(config)) return 'changing';
  if (config.desired.want === null) return 'unmanaged';
  return lastSettlement(config.desired)?.result === 'applied' ? 'ready' : 'failed';
}

/**
 * How far an open change has come. While the host does not answer nobody knows, and the caller is told that both ends
 * are possible: the agent applies it, or takes it back when it lost contact in the middle.
 */
function progressOf({ connection }: Ledger, { progress, desired }: LedgerVfsConfig): VfsConfig['progress'] {
  if (!isOpen(desired)) return null;
  const { step, done, total, at } = progress ?? { step: 'told to the host', done: 0, total: 0, at: null };
  if (connection.status === 'down') return { step: SILENT_HOST, done, total, at: connection.since };
  return at === null ? null : { step, done, total, at };
}

function lastErrorOf(config: LedgerVfsConfig): VfsConfig['last_error'] {
  if (config.stuck) {
    const { since, from, to, holder } = config.stuck;
    return {
      code: 'PF_STUCK',
      cause: `The change from ${from} to ${to} virtual functions has not ended since ${since}: ${holder}`,
      remedy: 'Let go of what holds it; the change ends by itself then. If nothing holds it, reboot the host.',
    };
  }
  const failure = isOpen(config.desired) ? null : (lastSettlement(config.desired)?.failure ?? null);
  if (failure) return failure;
  return config.warning === null
    ? null
    : {
        code: 'AGENT_WARNING',
        cause: config.warning,
        remedy: config.missingSince
          ? 'Bring it back, or remove its configuration with DELETE on the vfsConfig.'
          : 'Set the number of virtual functions again to confirm what is wanted.',
      };
}

function healthView(ledger: Ledger, config: LedgerVfsConfig): VfsConfig['health'] {
  const { carrier, pcieErrors: errors, acknowledged } = config.health;
  return {
    ...pfHealth(ledger, config),
    since: config.unhealthySince,
    carrier,
    pcie_errors: errors && { correctable: errors.correctable, non_fatal: errors.nonFatal, fatal: errors.fatal },
    acknowledged_pcie_errors: { non_fatal: acknowledged.nonFatal, fatal: acknowledged.fatal },
  };
}
