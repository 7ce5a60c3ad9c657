import { expect, it } from 'vitest';
import { brokenRules, type Rule, staleVersion } from './rules.ts';

const RULES: Rule<number>[] = [
  { code: 'NETWORK_IN_USE', detail: (users) => (users > 0 ? `${users} users` : undefined) },
  { code: 'QOS_IN_USE', detail: (users) => (users > 1 ? `${users} of them` : undefined) },
];

it('tells every broken rule with its remedy, and nothing of the others', () => {
  expect(brokenRules(RULES, 0)).toEqual([]);
  expect(brokenRules(RULES, 1).map(({ code }) => code)).toEqual(['NETWORK_IN_USE']);
  expect(brokenRules(RULES, 2)).toEqual([
    { code: 'NETWORK_IN_USE', detail: '2 users', remedy: expect.stringContaining('Remove') },
    { code: 'QOS_IN_USE', detail: '2 of them', remedy: expect.stringContaining('Give') },
  ]);
});

it.each([
  ['for no version', undefined, undefined],
  ['for the version it has', 3, undefined],
  ['for an older one', 2, 'The network red is at version 3; the change was made for version 2.'],
  ['for one it never had', 4, 'The network red is at version 3; the change was made for version 4.'],
])('a change %s', (_, ifVersion, told) => {
  expect(staleVersion('network red', { revision: 3 }, ifVersion)).toBe(told);
});
