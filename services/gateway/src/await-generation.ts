import type { Verdict } from '@vfleet/contracts/define';
import type { GenerationOutcome } from '@vfleet/contracts/inventory';
import type { Refusal } from '@vfleet/contracts/refusals';
import type { VfsConfig } from '@vfleet/contracts/vocabulary/vfs-config';
import type { Clock } from '@vfleet/process/clock';
import type { Listener } from './change-hints.ts';
import { settledBy } from './core/settlement.ts';

/** A hint can be lost; so the outcome is read at least this often. */
const READ_EVERY_MS = 1000;
const LONGEST_READ_MS = 5000;
/** The read at the deadline gets this long, so that an outcome which is there is not missed. */
const LAST_READ_MS = 1000;

export type ReadOutcome = (
  timeoutMs: number,
) => Promise<Verdict<{ resource: VfsConfig; outcome: GenerationOutcome | null }>>;

/** `open`: the wait ended first; `resource` is what was read last, if anything could be. */
export type WaitEnd =
  | { kind: 'applied'; resource: VfsConfig }
  | { kind: 'refused'; refusals: Refusal[] }
  | { kind: 'open'; resource: VfsConfig | undefined };

/**
 * Waits until a generation is settled, `deadline` (milliseconds since the epoch) has come or the signal aborts. It
 * reads at once, on every hint, and every second; the answer always comes from a read. A read that fails is tried
 * again: what was saved is saved, so that waiting can end in `open` but never in an error.
 */
export async function awaitGeneration({
  nic,
  read,
  hints,
  clock,
  deadline,
  signal,
  onFailedRead,
}: {
  nic: string;
  read: ReadOutcome;
  hints: Pick<Listener, 'next'>;
  clock: Clock;
  deadline: number;
  signal: AbortSignal;
  onFailedRead: (problem: unknown) => void;
}): Promise<WaitEnd> {
  let latest: VfsConfig | undefined;
  for (;;) {
    const patience = Math.min(LONGEST_READ_MS, Math.max(LAST_READ_MS, deadline - clock.now()));
    const verdict = await read(patience).catch((problem: unknown) => onFailedRead(problem));
    if (verdict && !verdict.ok) return { kind: 'refused', refusals: verdict.refusals };
    if (verdict) {
      latest = verdict.reply.resource;
      const settled = settledBy(verdict.reply.outcome ?? { state: 'open' }, nic);
      if (settled.kind === 'applied') return { kind: 'applied', resource: latest };
      if (settled.kind === 'refused') return settled;
    }
    const left = deadline - clock.now();
    if (left <= 0 || signal.aborted) return { kind: 'open', resource: latest };
    await hints.next({ withinMs: Math.min(READ_EVERY_MS, left), signal });
  }
}
