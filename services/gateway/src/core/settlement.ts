import type { GenerationOutcome } from '@vfleet/contracts/inventory';
import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import { MTU_FAILURE_CODES, MTU_IN_USE_CODE } from '@vfleet/contracts/vocabulary/pf-mtu';
import { EXISTING_CHANGED_CODE } from '@vfleet/contracts/vocabulary/vfs-change';
import type { VfsConfig } from '@vfleet/contracts/vocabulary/vfs-config';

/** Codes of what a host refuses that are refusals by themselves. */
const HOST_REFUSALS = [MTU_IN_USE_CODE, EXISTING_CHANGED_CODE] as const;

/** How a change that was waited for stands: still open, done, or ended otherwise with what the caller must know. */
export type Settled = { kind: 'open' } | { kind: 'applied' } | { kind: 'refused'; refusals: Refusal[] };

/**
 * The generation an update must be waited for, or null when its answer is already final: neither a number nor an MTU
 * was asked for, or they made no change that is still to be settled.
 */
export function generationToAwait(
  asked: { num_of_vfs?: number | undefined; mtu?: number | null | undefined },
  saved: VfsConfig,
): number | null {
  const asksHost = asked.num_of_vfs !== undefined || asked.mtu !== undefined;
  if (!asksHost || saved.generation === 0) return null;
  const settled = saved.generation === saved.observed_generation && saved.state !== 'changing';
  return settled ? null : saved.generation;
}

/** What the outcome of a generation means for whoever asked for it on interface `nic`. */
export function settledBy(outcome: GenerationOutcome, nic: string): Settled {
  switch (outcome.state) {
    case 'open':
      return { kind: 'open' };
    case 'applied':
      return { kind: 'applied' };
    case 'superseded': {
      const detail = `${nic}: generation ${outcome.by} has overtaken this change before it was settled`;
      return { kind: 'refused', refusals: [refusal('SUPERSEDED', detail)] };
    }
    case 'refused': {
      const detail = `${nic}: ${outcome.cause}`;
      const known = HOST_REFUSALS.find((code) => code === outcome.code);
      const code = known ?? 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED';
      return { kind: 'refused', refusals: [refusal(code, detail, outcome.remedy)] };
    }
    case 'failed': {
      const holds =
        outcome.existing === null
          ? 'how many virtual functions the host holds now could not be read'
          : `the host holds ${outcome.existing} virtual functions now`;
      const detail = `${nic}: ${outcome.cause} (${outcome.code}); ${holds}`;
      const isOfMtu = (MTU_FAILURE_CODES as readonly string[]).includes(outcome.code);
      const failed = isOfMtu
        ? refusal('UPDATE_PF_MTU_FAILURE', detail, outcome.remedy)
        : refusal('UPDATE_NUM_VFS_FAILURE', detail, outcome.remedy);
      return { kind: 'refused', refusals: [failed] };
    }
  }
}
