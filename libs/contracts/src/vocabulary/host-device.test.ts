import { expect, it } from 'vitest';
import { HostDevListByCaps, ReceivedListing } from './host-device.ts';

it('what an agent makes can be received', () => {
  const listing = { computer: { params: { capability: 'system' } } };
  expect(ReceivedListing.parse(HostDevListByCaps.parse(listing))).toEqual(listing);
});

it.each([
  ['no params', {}],
  ['params that are no object', { params: 7 }],
  ['no object at all', null],
])('a device with %s is received: the parser tells what is wrong with it', (_, device) => {
  expect(ReceivedListing.safeParse({ computer: device }).success).toBe(true);
});
