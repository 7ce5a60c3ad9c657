import { expect, it } from 'vitest';
import { USERS_READ, usersInWords } from './users-in-words.ts';

const names = (count: number) => Array.from({ length: count }, (_, index) => `vm-${index + 1}`);

it.each([
  [1, 'vm-1'],
  [2, 'vm-1, vm-2'],
  [10, 'vm-1, vm-2, vm-3, vm-4, vm-5, vm-6, vm-7, vm-8, vm-9, vm-10'],
  [USERS_READ, 'vm-1, vm-2, vm-3, vm-4, vm-5, vm-6, vm-7, vm-8, vm-9, vm-10 and others'],
])('names %i users', (count, words) => {
  expect(usersInWords(names(count))).toBe(words);
});
