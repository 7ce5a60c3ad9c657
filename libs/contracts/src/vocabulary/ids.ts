import { z } from 'zod';

/** An id is made by the caller or a counter, is never reused, and is safe in a URL and a routing key. */
export const EntityId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'letters, digits, - and _; at most 64');
export type EntityId = z.infer<typeof EntityId>;

/** A name a person gave: no control characters, no leading or trailing blank. */
export const EntityName = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^\s\p{C}](?:[^\p{C}]*[^\s\p{C}])?$/u, 'no control characters and no blank at either end');

/** A reference as a URL carries it: an id or a name. No store keeps NUL or half a surrogate pair in a key. */
export const EntityRef = z
  .string()
  .min(1)
  .max(255)
  .regex(/^\P{C}*$/u, 'no control characters');

export const Named = z.object({ id: z.string(), name: z.string() });
export type Named = z.infer<typeof Named>;
