import { describe, expect, it, vi } from 'vitest';
import { EntityName, EntityRef } from './ids.ts';

describe('a name', () => {
  it.each([
    ['red & blue <1>'],
    ['Netz für Süd'],
    ['\u{65}\u{301}'.repeat(255), 'é'.repeat(255)],
    ['\u{3b1}\u{313}\u{300}\u{345}'.repeat(255), '\u{1f82}'.repeat(255)],
    ['１２３'],
    ['...'],
    ['.a'],
    ['\u{1f310}'],
  ])('is %j', (text, composed = text) => expect(EntityName.parse(text)).toBe(composed));

  it.each([
    ['', 'nothing'],
    [' red', 'a blank at its beginning'],
    ['red\u{a0}', 'a blank at its end'],
    ['re\u{200b}d', 'a space of no width'],
    ['re\u{200d}d', 'a joiner'],
    ['re\u{202e}d', 'a change of direction'],
    ['re\u{2066}d', 'an isolate of a direction'],
    ['re\u{3164}d', 'a filler'],
    ['re\u{fe0f}d', 'a variation selector'],
    ['re\u{feff}d', 'a byte order mark'],
    ['re\u{ad}d', 'a soft hyphen'],
    ['re\nd', 'a line break'],
    ['.', 'a step that stays, in a path'],
    ['..', 'a step upwards, in a path'],
    ['re\u{2028}d', 'a line separator'],
    ['re\u{0}d', 'NUL'],
    ['re\ud83dd', 'half a surrogate pair'],
    ['x'.repeat(256), 'too much'],
  ])('is not %j: %s', (text) => expect(EntityName.safeParse(text).success).toBe(false));

  it.each([[EntityName], [EntityRef]])(
    'is refused uncomposed when it is so long that composing may take minutes',
    (schema) => {
      const compose = vi.spyOn(String.prototype, 'normalize');
      const { error } = schema.safeParse(`a${'\u{301}\u{316}'.repeat(510)}`);
      const composed = compose.mock.contexts.length;
      compose.mockRestore();
      expect(error?.issues.map(({ message }) => message)).toEqual(['at most 255 characters']);
      expect(composed).toBe(0);
    },
  );
});
