/** Runs work one behind the other, in the order it was asked for, where it names the same thing; other work beside it. */
export type Turns = <T>(things: readonly string[], work: () => Promise<T>) => Promise<T>;

/**
 * Makes turns for one process. Work waits for the last of each of its things and is then the last of all of them
 * itself, in one step: so nothing waits in a circle.
 */
export function makeTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();

  return async (things, work) => {
    const before = things.map((thing) => last.get(thing));
    const turn = Promise.allSettled(before).then(work);
    for (const thing of things) last.set(thing, turn);
    try {
      return await turn;
    } finally {
      for (const thing of things) if (last.get(thing) === turn) last.delete(thing);
    }
  };
}
