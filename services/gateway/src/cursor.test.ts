import { PageQuery } from '@vfleet/contracts/rest/page';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cursorIn, cursorOut } from './cursor.ts';

it('opens what it made, for the same list only', () => {
  const cursor = cursorOut('listHosts', 'h-7/ü');
  expect(cursor).toMatch(/^[\w-]+$/);
  expect(cursorIn('listHosts', cursor)).toBe('h-7/ü');
  expect(cursorIn('listNics', cursor)).toBeUndefined();
});

it('makes cursors that a request takes, however long and wide those of an owner are', () => {
  const cursor = cursorOut('listVnicProfiles', '網'.repeat(500));
  expect(PageQuery.parse({ cursor }).cursor).toBe(cursor);
  expect(cursorIn('listVnicProfiles', cursor)).toBe('網'.repeat(500));
});

it('opens nothing else', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(cursorIn('listHosts', text)).toBeUndefined();
    }),
  );
});

it.each([
  ['listHosts', 7],
  ['listHosts', 'a\u0000b'],
  ['listHosts', ''],
  ['listHosts', 'x'.repeat(501)],
  ['listHosts'],
  null,
])('opens no forged cursor %j', (forged) => {
  expect(cursorIn('listHosts', Buffer.from(JSON.stringify(forged)).toString('base64url'))).toBeUndefined();
});
