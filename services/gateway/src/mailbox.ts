import type { Clock } from '@vfleet/process/clock';

/** A bounded queue for one reader, which waits for what comes next no longer than it wants to. */
export type Mailbox<Item> = {
  put(item: Item): void;
  /** Everything that is there; else waits until something comes, `withinMs` end or the signal aborts, then takes that. */
  take(wait: { withinMs: number; signal: AbortSignal }): Promise<Item[]>;
  /** Whether something was put that found no place. */
  overflowed(): boolean;
};

/** Makes a mailbox that holds at most `limit` items. */
export function mailbox<Item>({ clock, limit }: { clock: Clock; limit: number }): Mailbox<Item> {
  let items: Item[] = [];
  let lost = false;
  let wake: AbortController | undefined;

  return {
    put(item) {
      if (items.length >= limit) lost = true;
      else items.push(item);
      wake?.abort();
    },
    async take({ withinMs, signal }) {
      if (items.length === 0) {
        wake = new AbortController();
        const woken = AbortSignal.any([signal, wake.signal]);
        await clock.sleep(withinMs, woken).catch((reason: unknown) => {
          if (!woken.aborted) throw reason;
        });
        wake = undefined;
      }
      const taken = items;
      items = [];
      return taken;
    },
    overflowed: () => lost,
  };
}
