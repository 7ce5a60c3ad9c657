import { expect, it } from 'vitest';
import { readCredentials } from './credentials.ts';

it.each([
  ['admin@internal:secret', { name: 'admin@internal', password: 'secret' }],
  ['admin:with:colons', { name: 'admin', password: 'with:colons' }],
  ['admin:', { name: 'admin', password: '' }],
  [':secret', undefined],
  ['admin', undefined],
  ['', undefined],
])('%s holds %j', (decoded, credentials) => expect(readCredentials(decoded)).toEqual(credentials));
