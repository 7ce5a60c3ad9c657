import { expect, it } from 'vitest';
import { fitting } from './fitting.ts';

it.each([
  ['all of them', ['aa', 'bb'], 8, ['aa', 'bb']],
  ['those before the one that is too much', ['aa', 'bb', 'c'], 7, ['aa']],
  ['the first, however large it is', ['aaaaaaaa', 'b'], 3, ['aaaaaaaa']],
  ['nothing of nothing', [], 3, []],
])('a message carries %s', (_, items, most, carried) => expect(fitting(items, most)).toEqual(carried));
