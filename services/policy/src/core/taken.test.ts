import { expect, it } from 'vitest';
import { idTaken, refTaken } from './taken.ts';

const ADDED = { noun: 'network', nameInUse: 'NETWORK_NAME_IN_USE', id: 'n2', name: 'ｒｅｄ' } as const;

it.each([
  [
    'a name that another one has in its other spelling',
    'red',
    'NETWORK_NAME_IN_USE',
    'with the id n1 is known as ｒｅｄ',
  ],
  ['an id that is the name of another one', 'n2', 'ID_ALREADY_USED', 'with the id n1 is named n2'],
])('refuses %s', (_, value, code, detail) => {
  expect(refTaken(ADDED, { value, holder: 'n1' })).toMatchObject({ code, detail: expect.stringContaining(detail) });
});

it('tells a name that is its own id as a name', () => {
  const added = { ...ADDED, name: 'n2' };
  expect(refTaken(added, { value: 'n2', holder: 'n1' }).code).toBe('NETWORK_NAME_IN_USE');
});

it('refuses an id that is used, naming its entity', () => {
  expect(idTaken('network', { id: 'n1', name: 'red' })).toMatchObject({
    code: 'ID_ALREADY_USED',
    detail: 'The network red has the id n1.',
  });
});
