import { searchKey } from '@vfleet/contracts/names';

/** As many characters of a name tell its place; then the id does. A cursor has room for them. */
const COUNTED = 200;

/** What has a place in a list that is in the order of names. */
type NamedItem = { id: string; name: string };

/** Items in the order of their names, without regard to case; those of one name in the order of their ids. */
export function inNameOrder<Item extends NamedItem>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, place: placeOf(item) }))
    .sort((a, b) => compare(a.place, b.place))
    .map(({ item }) => item);
}

/** A page of items in the order of their names; the cursor is the place of the last one, whether or not it is still there. */
export function pageInNameOrder<Item extends NamedItem>(
  items: readonly Item[],
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): { items: Item[]; next: string | null } {
  const after = cursor === undefined ? undefined : placeIn(cursor);
  const following = inNameOrder(items).filter((item) => after === undefined || compare(placeOf(item), after) > 0);
  const page = following.slice(0, limit);
  const last = page.at(-1);
  return { items: page, next: last !== undefined && following.length > limit ? cursorOf(placeOf(last)) : null };
}

type Place = { name: string; id: string };

function placeOf({ id, name }: NamedItem): Place {
  return { id, name: [...searchKey(name)].slice(0, COUNTED).join('') };
}

function compare(a: Place, b: Place): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
}

/** The id comes first, for it holds no blank. */
function cursorOf({ id, name }: Place): string {
  return `${id} ${name}`;
}

function placeIn(cursor: string): Place {
  const blank = cursor.indexOf(' ');
  return { id: cursor.slice(0, blank), name: cursor.slice(blank + 1) };
}
