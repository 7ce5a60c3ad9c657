const LAST = 0x10ffff;
const SURROGATES = { from: 0xd800, to: 0xdfff };

/**
 * The first text, by code points, that comes after every text beginning with `prefix`; undefined when all the texts from
 * `prefix` on begin with it.
 */
export function prefixEnd(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === LAST) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  const next = last + 1 === SURROGATES.from ? SURROGATES.to + 1 : last + 1;
  return String.fromCodePoint(...points, next);
}
