import { searchKey } from '@vfleet/contracts/names';

/** The names a list is asked for: one, or all that begin alike; `value` is a search key. */
export type NamesWanted = { kind: 'exact' | 'prefix'; value: string };

/** A place in a list in the order of search keys, then of ids. */
export type Position = { value: string; id: string };

/** Reads `name` of a list request: with `*` at its end it is a beginning, so a `*` alone, like no name at all, is all. */
export function namesWanted(name: string | undefined): NamesWanted {
  if (name === undefined) return { kind: 'prefix', value: '' };
  return name.endsWith('*')
    ? { kind: 'prefix', value: searchKey(name.slice(0, -1)) }
    : { kind: 'exact', value: searchKey(name) };
}

/**
 * The cursor after an entity. It carries the place itself, so that the next page is right even when the entity is
 * renamed or removed meanwhile; and the name instead of its search key, which can be 18 times as long.
 */
export function cursorAfter({ id, name }: { id: string; name: string }): string {
  return `${id} ${name}`;
}

/** The place a cursor tells. One that no list of ours has made tells none: the list then begins at its beginning. */
export function placeOf(cursor: string | undefined): Position | undefined {
  const [, id, name] = /^([\w-]+) ([^\p{Cc}\p{Cs}]+)$/u.exec(cursor ?? '') ?? [];
  return id === undefined || name === undefined ? undefined : { id, value: searchKey(name) };
}
