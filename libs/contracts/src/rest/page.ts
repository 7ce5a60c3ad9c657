import { z } from 'zod';
import { EntityRef } from '../vocabulary/ids.ts';
import { MAX_PAGE, PageRequest, pageOf } from '../vocabulary/page.ts';
import type { Representation } from './route.ts';

/**
 * How a list is paged: `cursor` is the `next` of the page before, opaque to the caller. It holds an owner's cursor, at
 * most 500 characters of up to 3 bytes, in base64.
 */
export const PageQuery = z.object({
  limit: PageRequest.shape.limit.describe(`How many items a page holds at most, up to ${MAX_PAGE}.`),
  cursor: z.string().min(1).max(2200).optional().describe('Where the page begins: the `next` of the page before.'),
});

/** A list in the order of names that can be searched by name. */
export const NamedPageQuery = PageQuery.extend({
  name: EntityRef.optional().describe(
    'Only those of this name, whatever its case; with `*` at its end, those that begin so.',
  ),
});

/** The representation of a list: `{ items, next }` in JSON, `<hosts><host>…</host><next>…</next></hosts>` in XML. */
export function listOf<Item extends z.ZodType>(
  name: string,
  root: string,
  item: string,
  schema: Item,
): Representation<ReturnType<typeof pageOf<Item>>> {
  return { kind: 'page', name, root, item, schema: pageOf(schema) };
}
