import { expect, it } from 'vitest';
import { knownNetworks } from '../testing/known-networks.ts';
import { networksShift } from './networks-shift.ts';

const KNOWN = knownNetworks([
  { id: 'n3', name: 'green', label: 'tenant' },
  { id: 'n1', name: 'red' },
  { id: 'n2', name: 'Blue' },
]);
const [BLUE, GREEN, RED] = [
  { id: 'n2', name: 'Blue' },
  { id: 'n3', name: 'green' },
  { id: 'n1', name: 'red' },
];
const ALL = { allNetworksAllowed: true, networkIds: [], labels: [] };
const SOME = { allNetworksAllowed: false, networkIds: ['n1', 'gone'], labels: ['tenant'] };
const NONE = { allNetworksAllowed: false, networkIds: [], labels: [] };

it.each([
  ['all to none', ALL, NONE, { lost: [BLUE, GREEN, RED], gained: [] }],
  ['some to all', SOME, ALL, { lost: [], gained: [BLUE] }],
  ['all to all', ALL, ALL, { lost: [], gained: [] }],
  ['lists as they are', SOME, SOME, { lost: [], gained: [] }],
])('%s', (_, before, after, shift) => {
  expect(networksShift(before, after, KNOWN)).toEqual(shift);
});
