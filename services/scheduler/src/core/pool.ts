/** A value that everybody who holds an equal one shares; equal values have one `id`, which is not given again while held. */
export type Pooled<Value> = Value & { readonly id: number };

/**
 * Values by content, each held once however many take it: what keeps ten thousand hosts of a few kinds small. What is
 * taken is dropped by its taker; the last drop forgets it.
 */
export type Pool<Value extends object> = {
  /** The one value of `key`, made on the first take. */
  take(key: string, make: () => Value): Pooled<Value>;
  drop(value: Pooled<Value>): void;
  size(): number;
};

/** An empty pool. */
export function pool<Value extends object>(): Pool<Value> {
  const byKey = new Map<string, { value: Pooled<Value>; key: string; holders: number }>();
  const byId = new Map<number, { value: Pooled<Value>; key: string; holders: number }>();
  let counter = 0;
  return {
    take(key, make) {
      const known = byKey.get(key);
      if (known) {
        known.holders += 1;
        return known.value;
      }
      counter += 1;
      const entry = { value: { ...make(), id: counter }, key, holders: 1 };
      byKey.set(key, entry);
      byId.set(counter, entry);
      return entry.value;
    },
    drop({ id }) {
      const entry = byId.get(id);
      if (entry === undefined) throw new Error(`nobody holds ${id}`);
      entry.holders -= 1;
      if (entry.holders > 0) return;
      byKey.delete(entry.key);
      byId.delete(id);
    },
    size: () => byKey.size,
  };
}
