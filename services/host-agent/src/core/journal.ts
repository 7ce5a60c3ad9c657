import type { ChangeFailure, StuckChange } from '@vfleet/contracts/vocabulary/host-report';

/** What inventory wants of one PF: the payload of a vfs-wanted message. */
export type Wanted = { vfsConfigId: string; pciAddress: string; generation: number; numOfVfs: number };

/**
 * What the agent must know after a crash in the middle of a change, written durably before the first write of
 * `sriov_numvfs` and removed when the generation is settled.
 */
export type Journal = {
  vfsConfigId: string;
  pciAddress: string;
  generation: number;
  /** VFs that existed when this generation was begun, and VFs wanted. */
  from: number;
  to: number;
  /** What a failure returns to: the persisted number of this card, else the count found before. */
  lastKnownGood: number;
  /** The persisted number before, put back by a failure; null: the PF was unmanaged and becomes so again. */
  persistedBefore: number | null;
  startedAt: string;
  /** Why the change is being taken back; null while it is still going forward. */
  fallingBack: ChangeFailure | null;
  /** Set while a write that outlived its deadline is still running. */
  stuck: StuckChange | null;
};

/**
 * The journal of a generation about to begin. One that follows an unsettled change (`open`) keeps that change's way
 * back: the count found now is only what the overtaken or interrupted change left behind.
 */
export function beginJournal({
  wanted,
  existing,
  persisted,
  open,
  startedAt,
}: {
  wanted: Wanted;
  existing: number;
  persisted: number | null;
  open: Journal | null;
  startedAt: string;
}): Journal {
  const persistedBefore = open ? open.persistedBefore : persisted;
  return {
    vfsConfigId: wanted.vfsConfigId,
    pciAddress: wanted.pciAddress,
    generation: wanted.generation,
    from: existing,
    to: wanted.numOfVfs,
    lastKnownGood: open ? open.lastKnownGood : (persistedBefore ?? existing),
    persistedBefore,
    startedAt,
    fallingBack: null,
    stuck: null,
  };
}
