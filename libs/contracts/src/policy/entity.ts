import { z } from 'zod';
import { EntityId, EntityRef } from '../vocabulary/ids.ts';
import { PageRequest, pageOf } from '../vocabulary/page.ts';

/** The version a change was made for: the `revision` of the entity, which its ETag tells. */
export const IfVersion = z.object({ ifVersion: z.int().positive().optional() });

/**
 * What a list is asked for. `name` is compared without regard to case; with `*` at its end it finds every name that
 * begins so. Lists are in the order of names.
 */
export const NamedPageRequest = PageRequest.extend({ name: EntityRef.optional() });
export type NamedPageRequest = z.infer<typeof NamedPageRequest>;

/** An entity and its version, which rises with every change of it and of nothing else. */
export function versioned<Noun extends z.ZodType>(noun: Noun) {
  return z.object({ resource: noun, version: z.int().positive() });
}

export const PolicyChange = z.enum(['added', 'updated', 'removed']);

/**
 * What followers of an owner's entities ask: those with these ids, or a page of all in the order of ids. An id that is
 * asked for and not answered is gone for good, for ids are never given out again.
 */
export const ReadRequest = z.object({
  ids: z.array(EntityId).max(500).optional(),
  limit: z.int().min(1).max(500).default(500),
  cursor: z.string().max(500).optional(),
});
export type ReadRequest = z.infer<typeof ReadRequest>;

/** What followers are answered: entities with their versions; `next` is null after the last, and for a request by ids. */
export function readReply<Item extends z.ZodType>(item: Item) {
  return pageOf(item);
}
