/** An entity as its owner answers it to followers; `version` rises with every change of it. */
export type Versioned = { id: string; version: number };

/** What one answer changed; `after` is undefined when the entity is gone. */
export type Change<Item> = { before: Item | undefined; after: Item | undefined };

/**
 * What an owner has answered: of every entity the highest version, or that it is gone for good. Answers may be taken
 * twice and in any order and come to the same: a lower version never replaces a higher one, and nothing what is gone.
 */
export type OwnersAnswers<Item extends Versioned> = {
  get(id: string): Item | undefined;
  isGone(id: string): boolean;
  /** The ids of all entities that are known and not gone. */
  ids(): Iterable<string>;
  take(item: Item): void;
  takeGone(id: string): void;
};

/**
 * Keeps answers in memory, of each what `kept` makes of it. `changed` hears of each that says something new, whole, after
 * it was taken.
 */
export function ownersAnswers<Item extends Versioned>(
  changed: (change: Change<Item>) => void,
  kept: (item: Item) => Item = (item) => item,
): OwnersAnswers<Item> {
  const known = new Map<string, Item>();
  const gone = new Set<string>();
  return {
    get: (id) => known.get(id),
    isGone: (id) => gone.has(id),
    ids: () => known.keys(),
    take(item) {
      const before = known.get(item.id);
      if (gone.has(item.id) || (before && before.version >= item.version)) return;
      known.set(item.id, kept(item));
      changed({ before, after: item });
    },
    takeGone(id) {
      const before = known.get(id);
      gone.add(id);
      known.delete(id);
      if (before) changed({ before, after: undefined });
    },
  };
}
