import { refusal } from '@vfleet/contracts/refusals';
import { addNote, addProblems, endOperation } from '../end-operation.ts';
import { enterState } from '../enter-state.ts';
import { guestAddressesAfter } from '../guest-addresses.ts';
import type { HappeningOf } from '../happening.ts';
import { leaveHost, stopStep } from '../leave-host.ts';
import type { Placement } from '../placement.ts';
import { giveUp } from './ending.ts';

/** VFs that were lost to others so often in one operation are not raced for any more: the host is left out. */
const MOST_LOST_RACES = 16;

/** What fails on so many hosts fails on all: no more are tried, and every reason is told. */
const MOST_TRIED = 50;

type Given = { now: string };

/** The VM runs: what is told of it from here on is newer than the host's answer. */
export function run(placement: Placement, { answer }: HappeningOf<'passed'>, { now }: Given): Placement {
  if (!placement.at || !answer) throw new Error(`VM ${placement.vmName} runs, and no host has said so`);
  const { at, guestAddresses } = guestAddressesAfter(placement, placement.at, answer.attached);
  const running = enterState(placement, 'running', { now, at, guestAddresses, seen: answer.seen, excluded: [] });
  return endOperation(running, { now });
}

/** What was chosen is not to be had any more. The host is as good as before: it is chosen again by what is there now. */
export function chooseAgain(
  placement: Placement,
  happening: HappeningOf<'vm-changed' | 'claims-refused' | 'attach-refused'>,
  { now }: Given,
): Placement {
  const { at, operation } = placement;
  if (!at || !operation) throw new Error(`VM ${placement.vmName} starts nowhere`);
  const isFresh = happening.kind !== 'attach-refused' && happening.isFresh;
  const lostRaces = operation.lostRaces + 1;
  const left = leave(placement, { isGone: isFresh, owesStop: !isFresh });
  const next = { ...left, operation: { ...operation, lostRaces } };
  const reason = happening.kind === 'vm-changed' ? 'the virtual machine was changed' : wordsOf(happening.refusals);
  if (lostRaces < MOST_LOST_RACES) return enterState(next, 'quitting-host', { now });
  return enterState(next, 'quitting-host', { now, excluded: [...placement.excluded, { host: at.host, reason }] });
}

/** The host failed: it is left out from here on, and the next one tried once the VM is proved not to run there. */
export function nextHost(
  placement: Placement,
  happening: HappeningOf<'never-told' | 'host-failed' | 'host-lost' | 'overdue'>,
  { now }: Given,
): Placement {
  const { at } = placement;
  if (!at) throw new Error(`VM ${placement.vmName} starts nowhere`);
  const reason = reasonOf(happening);
  const isOver = happening.kind === 'host-lost' || (happening.kind === 'host-failed' && happening.domain === 'gone');
  const left = leave(placement, { isGone: isOver || happening.kind === 'never-told', owesStop: !isOver });
  const excluded = [...placement.excluded, { host: at.host, reason }];
  const next = { ...addNote(left, `Host ${at.host.name}: ${reason}`), excluded };
  if (excluded.length < MOST_TRIED) return enterState(next, 'quitting-host', { now });
  const enough = refusal('SCHEDULING_ALL_HOSTS_FILTERED_OUT', `${MOST_TRIED} hosts failed; no more are tried.`);
  return failStart(next, { kind: 'none-fits', refusals: [enough] }, { now });
}

/** The intent to start on a host: durable before anything is asked for. */
export function startOn(placement: Placement, { vm, on }: HappeningOf<'chosen'>, { now }: Given): Placement {
  return enterState(placement, 'starting', { now, vm, at: on, attempt: on.attempt });
}

/** No host is left, or the VM cannot be locked: every reason is told, also those of the hosts that were tried. */
export function failStart(
  placement: Placement,
  happening: HappeningOf<'vm-refused' | 'none-fits'>,
  given: Given,
): Placement {
  const tried = placement.excluded.map(({ host, reason }) =>
    refusal('HOST_FAILED_TO_START_VM', `Host ${host.name}: ${reason}`),
  );
  const isFresh = happening.kind === 'none-fits' || happening.isFresh;
  return giveUp(addProblems(placement, [...happening.refusals, ...tried]), { isGone: isFresh, force: true }, given);
}

function leave(placement: Placement, { isGone, owesStop }: { isGone: boolean; owesStop: boolean }): Placement {
  const { at } = placement;
  if (!at) return placement;
  const stop = owesStop ? stopStep(placement, { attempt: at.attempt, force: true }) : null;
  return { ...placement, at: null, leaving: [...placement.leaving, leaveHost(at, { isGone, stop })] };
}

function reasonOf(happening: HappeningOf<'never-told' | 'host-failed' | 'host-lost' | 'overdue'>): string {
  switch (happening.kind) {
    case 'never-told':
      return 'its agent is not there';
    case 'host-lost':
      return 'it was confirmed powered off';
    case 'overdue':
      return 'it did not answer in time';
    case 'host-failed':
      return `${happening.failure.cause}. ${happening.failure.remedy}`;
  }
}

function wordsOf(refusals: readonly { detail: string }[]): string {
  return refusals.map(({ detail }) => detail).join(' ');
}
