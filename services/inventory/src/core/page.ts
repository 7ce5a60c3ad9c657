/** A page of a list that is in order of its keys: what follows the cursor's key, at most `limit`, and the next cursor. */
export function pageOfSorted<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): { items: Item[]; next: string | null } {
  const following = cursor === undefined ? items : items.filter((item) => keyOf(item) > cursor);
  const page = following.slice(0, limit);
  const last = page.at(-1);
  return { items: page, next: last !== undefined && following.length > limit ? keyOf(last) : null };
}
