import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Maps in the given order on the spot, and lets the event loop run after every `perTurn` items: much work that cannot
 * hold up the heartbeat (F60). Throws what `map` throws.
 */
export async function inTurns<Item, Result>(
  items: readonly Item[],
  perTurn: number,
  map: (item: Item) => Result,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) {
    if (results.length > 0 && results.length % perTurn === 0) await nextTurn();
    results.push(map(item));
  }
  return results;
}
