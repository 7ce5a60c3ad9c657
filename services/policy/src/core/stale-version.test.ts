import { expect, it } from 'vitest';
import { staleVersion } from './stale-version.ts';

it.each([
  ['for no version', undefined, undefined],
  ['for the version it has', 3, undefined],
  ['for an older one', 2, 'The network red is at version 3; the change was made for version 2.'],
  ['for one it never had', 4, 'The network red is at version 3; the change was made for version 4.'],
])('a change %s', (_, ifVersion, told) => {
  expect(staleVersion('network red', { revision: 3 }, ifVersion)).toBe(told);
});
