import { z } from 'zod';

/** An id is made by the caller or a counter, is never reused, and is safe in a URL and a routing key. */
export const EntityId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'letters, digits, - and _; at most 64');
export type EntityId = z.infer<typeof EntityId>;

const LONGEST_NAME = 255;

/**
 * A text in NFC. Composing takes time by the square of a run of combining characters, so what is too long is refused
 * before: NFC shortens a text to a quarter at most.
 */
const ComposedText = z
  .string()
  .max(4 * LONGEST_NAME, { abort: true, error: `at most ${LONGEST_NAME} characters` })
  .normalize('NFC')
  .min(1)
  .max(LONGEST_NAME);

/**
 * A name a person gave, in Unicode's composed form (NFC): no control, format or other character that cannot be seen,
 * no line break, no blank at either end. `.` and `..` are no names: whoever reads a URL takes them for steps of its path.
 */
export const EntityName = ComposedText.regex(
  /^(?!\s)(?!.*\s$)(?!\.{1,2}$)[^\p{C}\p{Zl}\p{Zp}\p{DI}]+$/u,
  'no control or invisible characters, no blank at either end, and not . or ..',
);

/** A reference as a URL carries it: an id or a name. No store keeps NUL or half a surrogate pair in a key. */
export const EntityRef = ComposedText.regex(/^\P{C}*$/u, 'no control characters');

/** A text a person wrote for people: any line breaks and tabs, no other control characters. */
export const Description = z
  .string()
  .max(4000)
  .regex(/^(?:[\t\n\r]|\P{C})*$/u, 'no control characters but line breaks and tabs');

export const Named = z.object({ id: z.string(), name: z.string() });
export type Named = z.infer<typeof Named>;

/** How a body refers to another entity: by its id, or else by its name. A name beside an id is what a GET shows. */
export const Reference = z
  .object({ id: EntityRef.optional(), name: EntityRef.optional() })
  .refine(({ id, name }) => id !== undefined || name !== undefined, 'needs an id or a name');
export type Reference = z.infer<typeof Reference>;

/** What a reference refers by: the id, or else the name. */
export function refOf({ id, name }: Reference): string {
  const ref = id ?? name;
  if (ref === undefined) throw new Error('a reference without id and name');
  return ref;
}
