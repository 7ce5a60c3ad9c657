import { type Clock, isoNow } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { Binding, DeadLetter } from './bus.ts';
import { lanes } from './lanes.ts';
import { delayAfter, type Patience } from './patience.ts';
import { LONGEST_MESSAGE_BYTES, type Read, readMessage, tooLong, writeReply, writeUnreadable } from './wire.ts';

/** One delivery of a message, as an adapter hands it in. */
export type Delivered = {
  id: string;
  /** Of one that is too long its beginning alone. */
  body: string;
  bytes: number;
  /** The key it was sent under; null where that is not known (wire.ts). */
  key: string | null;
  redelivered: boolean;
  /** Aborts when the message is this process's no longer: its connection is gone, the broker delivers it again. */
  lost: AbortSignal;
  /** Takes the message off its queue; does nothing once it is lost. */
  ack(): void;
  /** Answers whoever asked; absent when nobody waits. Never rejects. */
  reply?: ((body: string) => Promise<void>) | undefined;
};

/** Puts a message away for good, confirmed when it resolves; only then the message is acked. */
export type GiveUp = (letter: Omit<DeadLetter, 'queue'>) => Promise<void>;

export type Receiver = {
  take(delivered: Delivered): void;
  /** Messages that failed and wait to be tried again: an adapter takes others beyond these. */
  held(): number;
  /** Starts no further handler, lets go of what is held, and resolves when the running handlers have ended. */
  stop(): Promise<void>;
};

type Surroundings = {
  bindings: readonly Binding[];
  giveUp: GiveUp;
  clock: Clock;
  log: Log;
  patience: Patience;
  /** Called when the number of held messages has changed. */
  onHeld?: () => void;
};

type Fault = { fault: unknown };

/**
 * What happens to a message between its delivery and its ack, the same on every bus. It waits for its lane; a handler
 * takes it, and it is acked. A fault holds it, its lane released, until patience ends: then it is given up, but for a
 * query, which is dropped. A message that cannot be read is given up at once. What is lost or stopped on the way is
 * neither given up nor acked.
 */
export function receiver({ bindings, giveUp, clock, log, patience, onHeld }: Surroundings): Receiver {
  const handlers = new Map(bindings.map((binding) => [binding.contract.name, binding]));
  const lane = lanes();
  const stopping = new AbortController();
  const running = new Set<Promise<unknown>>();
  let held = 0;

  async function carry(delivered: Delivered): Promise<void> {
    const read =
      delivered.bytes > LONGEST_MESSAGE_BYTES
        ? { ok: false as const, name: '', problem: tooLong(delivered.bytes) }
        : readMessage(delivered.body, handlers, delivered.key);
    if (!read.ok) {
      await putAway(delivered, { name: read.name, reason: 'unreadable', problem: read.problem });
      return delivered.reply?.(writeUnreadable(read.problem));
    }
    for (let failures = 1; ; failures++) {
      const outcome = await lane.run(read.lane, () => attempt(delivered, read, failures));
      if (outcome === 'over') return;
      const { name } = read.binding.contract;
      const delay = delayAfter(failures, patience);
      if (delay === null) {
        if (read.binding.contract.kind === 'query') return forget(delivered, name, outcome.fault);
        return putAway(delivered, { name, reason: 'failed', problem: problemOf(outcome.fault) });
      }
      log.warn({ message: delivered.id, name, failures, delay, error: outcome.fault }, 'a message failed and is held');
      await hold(delivered, delay);
    }
  }

  async function attempt(delivered: Delivered, read: Read, failures: number): Promise<Fault | 'over'> {
    if (isOver(delivered)) return 'over';
    try {
      await track(handle(delivered, read, { again: failures > 1 }));
      return 'over';
    } catch (fault) {
      return { fault };
    }
  }

  /** Whoever asked has given up long ago, and a query changes nothing: it is asked again by who still needs it. */
  function forget(delivered: Delivered, name: string, fault: unknown): void {
    log.error({ message: delivered.id, name, problem: problemOf(fault) }, 'a query could not be answered');
    delivered.ack();
  }

  /** Only loss ends it: a message is never acked before it was put away. */
  async function putAway(delivered: Delivered, why: Pick<DeadLetter, 'name' | 'reason' | 'problem'>): Promise<void> {
    const { id, key, body } = delivered;
    const letter = { id, ...why, at: isoNow(clock), key, body };
    log.error({ message: letter.id, ...why }, 'a message is given up');
    while (!isOver(delivered)) {
      try {
        await track(giveUp(letter));
        return delivered.ack();
      } catch (error) {
        log.warn({ message: letter.id, error }, 'a message cannot be put away yet');
        await hold(delivered, patience.mostDelayMs);
      }
    }
  }

  async function hold(delivered: Delivered, ms: number): Promise<void> {
    held++;
    onHeld?.();
    await clock.sleep(ms, AbortSignal.any([delivered.lost, stopping.signal])).catch(() => undefined);
    held--;
    onHeld?.();
  }

  async function track<Result>(work: Promise<Result>): Promise<Result> {
    running.add(work);
    try {
      return await work;
    } finally {
      running.delete(work);
    }
  }

  function isOver({ lost }: Delivered): boolean {
    return lost.aborted || stopping.signal.aborted;
  }

  return {
    take: (delivered) => {
      carry(delivered).catch((error) => log.error({ message: delivered.id, error }, 'a message could not be carried'));
    },
    held: () => held,
    async stop() {
      stopping.abort();
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}

/** A command is answered before it is acked: an answer that breaks its contract is a fault like any other. */
async function handle(delivered: Delivered, { binding, message }: Read, { again }: { again: boolean }): Promise<void> {
  const given = { ...message, redelivered: delivered.redelivered || again };
  if (binding.kind === 'command') {
    const answer = writeReply(binding.contract, await binding.handle(given));
    await delivered.reply?.(answer);
  } else {
    await binding.handle(given);
  }
  delivered.ack();
}

function problemOf(fault: unknown): string {
  return (fault instanceof Error ? `${fault.name}: ${fault.message}` : String(fault)).slice(0, 1_000);
}
