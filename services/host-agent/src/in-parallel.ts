/** Enough to keep Node's four fs threads busy, few enough not to run out of file descriptors on a host with many VFs. */
const AT_ONCE = 16;

/** Maps in the given order with at most 16 calls under way. Rejects with the first rejection. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  map: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await map(item);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return results;
}
