import type { Clock } from '@vfleet/process/clock';
import { mailbox } from './mailbox.ts';

/** Hears that something may have changed; what it is, the reader finds out by reading. */
export type Listener = {
  /** From now on only hints about this entity count. */
  only(entityId: string): void;
  /** Resolves with the next hint since the last call, or when `withinMs` end or the signal aborts. */
  next(wait: { withinMs: number; signal: AbortSignal }): Promise<void>;
  close(): void;
};

/** Passes the hints of the one subscription of this process on to every request that waits. */
export type ChangeHints = {
  listen(): Listener;
  changed(entityId: string): void;
  /** The subscription was away: anything may have changed. */
  anythingChanged(): void;
};

/** Makes the hints of a process. A listener that nobody has narrowed hears of everything. */
export function changeHints(clock: Clock): ChangeHints {
  const listeners = new Set<{ entityId: string | undefined; hear: () => void }>();
  return {
    listen() {
      const hints = mailbox<true>({ clock, limit: 1 });
      const listener = { entityId: undefined as string | undefined, hear: () => hints.put(true) };
      listeners.add(listener);
      return {
        only: (entityId) => {
          listener.entityId = entityId;
        },
        next: async (wait) => {
          await hints.take(wait);
        },
        close: () => {
          listeners.delete(listener);
        },
      };
    },
    changed(entityId) {
      for (const listener of listeners)
        if (listener.entityId === undefined || listener.entityId === entityId) listener.hear();
    },
    anythingChanged() {
      for (const listener of listeners) listener.hear();
    },
  };
}
