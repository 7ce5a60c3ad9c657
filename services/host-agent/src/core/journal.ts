import type { ChangeFailure, PfIdentity, StuckChange } from '@vfleet/contracts/vocabulary/host-report';
import { isSameCard } from './same-card.ts';

/** What inventory wants of one PF: the payload of a vfs-wanted message. */
export type Wanted = {
  vfsConfigId: string;
  pciAddress: string;
  generation: number;
  numOfVfs: number;
  /** Of the PF itself; null: left alone. */
  mtu: number | null;
  /** How many VFs must exist for it to be done at all; null: whatever exists. */
  onlyIfExisting: number | null;
};

/** What is restored at boot: the number of a PF, its MTU (null: left alone), and the card they are for. */
export type Persisted = { count: number; identity: PfIdentity | null; mtu: number | null };

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
  /** The MTU wanted for the PF; null: left alone. */
  mtu: number | null;
  /** The MTU a failure returns to, that of before anything was done; null when none was to be set. */
  mtuBefore: number | null;
  /** VFs that existed before anything was done: `from`, or that of the change this one has overtaken. */
  foundBefore: number;
  /** What a failure returns to: the persisted number of this card, else the count found before. */
  lastKnownGood: number;
  /** What was persisted before, put back by a failure; null: the PF was unmanaged and becomes so again. */
  persistedBefore: Persisted | null;
  startedAt: string;
  /** Why the change is being taken back; null while it is still going forward. */
  fallingBack: ChangeFailure | null;
  /** Set once a write has outlived its deadline. */
  stuck: StuckChange | null;
};

/**
 * The journal of a generation about to begin. One that follows an unsettled change (`open`) keeps that change's way
 * back: the count found now is only what the overtaken or interrupted change left behind. A number persisted for
 * another card is no known good one of this card.
 */
export function beginJournal({
  wanted,
  found,
  persisted,
  open,
  startedAt,
}: {
  wanted: Omit<Wanted, 'onlyIfExisting'>;
  found: { existing: number; identity: PfIdentity; mtu: number | null };
  persisted: Persisted | null;
  open: Journal | null;
  startedAt: string;
}): Journal {
  const good = persisted && isSameCard(persisted.identity, found.identity) ? persisted.count : found.existing;
  return {
    vfsConfigId: wanted.vfsConfigId,
    pciAddress: wanted.pciAddress,
    generation: wanted.generation,
    from: found.existing,
    to: wanted.numOfVfs,
    mtu: wanted.mtu,
    mtuBefore: open?.mtuBefore ?? (wanted.mtu === null ? null : found.mtu),
    foundBefore: open ? open.foundBefore : found.existing,
    lastKnownGood: open ? open.lastKnownGood : good,
    persistedBefore: open ? open.persistedBefore : persisted,
    startedAt,
    fallingBack: null,
    stuck: null,
  };
}
