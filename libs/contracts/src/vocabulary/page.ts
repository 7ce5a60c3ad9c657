import { z } from 'zod';

/** At most this many items a page; the default when a caller names no limit is 100. */
export const MAX_PAGE = 1000;

export const PageRequest = z.object({
  limit: z.int().min(1).max(MAX_PAGE).default(100),
  cursor: z.string().max(500).optional(),
});
export type PageRequest = z.infer<typeof PageRequest>;

/** A page of a list; `next` is an opaque cursor, null on the last page. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}
