import type { Settlement } from '@vfleet/contracts/vocabulary/host-report';
import type { Wanted } from './journal.ts';

type Generation = Pick<Wanted, 'vfsConfigId' | 'generation'>;

/**
 * What the agent is at with a PF: nothing, a change under way, a change whose write outlived its deadline, or one that
 * an earlier agent process left unfinished.
 */
export type PfActivity =
  | { kind: 'idle' }
  | { kind: 'working'; on: Generation }
  | { kind: 'stuck'; on: Generation }
  | { kind: 'interrupted'; on: Generation };

/** What is done with a wanted generation; `follow`: after the change under way, whose running write is finished. */
export type WantedDecision = 'report-again' | 'ignore' | 'start' | 'follow' | 'follow-when-unstuck';

/**
 * Judges a vfs-wanted, which comes at least once, in no promised order, and again until it is settled. A generation is
 * settled once; generations of another VfsConfig id are not compared with, the newest arrival wins. `queued` is what
 * already follows the change under way.
 */
export function decideWanted({
  wanted,
  settlement,
  activity,
  queued,
}: {
  wanted: Generation;
  settlement: Settlement | null;
  activity: PfActivity;
  queued: Generation | null;
}): WantedDecision {
  if (activity.kind === 'interrupted' && isOlder(wanted, activity.on)) return 'ignore';
  if (activity.kind === 'working' || activity.kind === 'stuck') {
    const known = [activity.on, ...(queued ? [queued] : [])];
    if (known.some((generation) => isSame(wanted, generation) || isOlder(wanted, generation))) {
      return activity.kind === 'stuck' ? 'report-again' : 'ignore';
    }
    return activity.kind === 'stuck' ? 'follow-when-unstuck' : 'follow';
  }
  const isSettled = settlement !== null && (isSame(wanted, settlement) || isOlder(wanted, settlement));
  return isSettled && activity.kind === 'idle' ? 'report-again' : 'start';
}

function isSame(a: Generation, b: Generation): boolean {
  return a.vfsConfigId === b.vfsConfigId && a.generation === b.generation;
}

function isOlder(a: Generation, b: Generation): boolean {
  return a.vfsConfigId === b.vfsConfigId && a.generation < b.generation;
}
