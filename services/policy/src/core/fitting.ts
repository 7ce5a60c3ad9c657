/** In characters of JSON: a broker takes messages of 16 MB, in which a character may be three bytes. */
const MOST = 4_000_000;

/** As many items of a page, from the first on, as one message carries; at least one. */
export function fitting<Item>(items: readonly Item[], most = MOST): Item[] {
  let size = 0;
  const end = items.findIndex((item) => {
    size += JSON.stringify(item).length;
    return size > most;
  });
  return end === -1 ? [...items] : items.slice(0, Math.max(end, 1));
}
