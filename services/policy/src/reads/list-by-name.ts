import type { NamedPageRequest } from '@vfleet/contracts/policy/entity';
import type { Documents } from '@vfleet/documents/documents';
import { cursorAfter, namesWanted, placeOf } from '../core/named-page.ts';

/** A page of a collection in the order of names, with the key `search`; `next` is the cursor of the one after it. */
export async function listByName<Body extends { id: string; name: string }>(
  documents: Documents<Body>,
  { name, limit, cursor }: NamedPageRequest,
): Promise<{ page: Body[]; next: string | null }> {
  const { kind, value } = namesWanted(name);
  const after = placeOf(cursor);
  const found =
    kind === 'exact'
      ? await documents.find('search', value, { limit: limit + 1, after: after?.id })
      : (await documents.search('search', value, { limit: limit + 1, after })).map(({ document }) => document);
  const page = found.slice(0, limit).map(({ body }) => body);
  const last = page.at(-1);
  return { page, next: last && found.length > limit ? cursorAfter(last) : null };
}
