import { expect, it } from 'vitest';
import { brokenRules, type Rule } from './rules.ts';

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

it('tells the sharper remedy of a row that has one', () => {
  const rules: Rule<null>[] = [{ code: 'QOS_IN_USE', detail: () => 'by red', remedy: 'Ask red.' }];
  expect(brokenRules(rules, null)).toEqual([{ code: 'QOS_IN_USE', detail: 'by red', remedy: 'Ask red.' }]);
});
