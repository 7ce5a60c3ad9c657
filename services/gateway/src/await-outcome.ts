import type { Refusal } from '@vfleet/contracts/vocabulary/problem';
import type { Clock } from '@vfleet/process/clock';
import type { Listener } from './change-hints.ts';

/** A hint can be lost; so the outcome is read at least this often. */
const READ_EVERY_MS = 1000;
const LONGEST_READ_MS = 5000;
/** The read at the deadline gets this long, so that an outcome which is there is not missed. */
const LAST_READ_MS = 1000;

/** How something that was begun stands: `resource` is what a caller is shown of it. */
export type Outcome =
  | { kind: 'open'; resource: unknown }
  | { kind: 'done'; resource: unknown }
  | { kind: 'refused'; refusals: readonly Refusal[] };

/**
 * Waits until something that was begun has ended, `deadline` (milliseconds since the epoch) has come or the signal
 * aborts. It reads at once, on every hint, and every second; the answer always comes from a read. A read that fails is
 * tried again: what was saved is saved, so that waiting can end in `open`, with what was read last (undefined when nothing
 * could be), but never in an error.
 */
export async function awaitOutcome({
  read,
  hints,
  clock,
  deadline,
  signal,
  onFailedRead,
}: {
  read: (timeoutMs: number) => Promise<Outcome>;
  hints: Pick<Listener, 'next'>;
  clock: Clock;
  deadline: number;
  signal: AbortSignal;
  onFailedRead: (problem: unknown) => void;
}): Promise<Outcome> {
  let latest: unknown;
  for (;;) {
    const patience = Math.min(LONGEST_READ_MS, Math.max(LAST_READ_MS, deadline - clock.now()));
    const outcome = await read(patience).catch((problem: unknown) => onFailedRead(problem));
    if (outcome && outcome.kind !== 'open') return outcome;
    if (outcome) latest = outcome.resource;
    const left = deadline - clock.now();
    if (left <= 0 || signal.aborted) return { kind: 'open', resource: latest };
    await hints.next({ withinMs: Math.min(READ_EVERY_MS, left), signal });
  }
}
