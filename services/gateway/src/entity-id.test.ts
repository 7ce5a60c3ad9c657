import { EntityId } from '@vfleet/contracts/vocabulary/ids';
import { expect, it } from 'vitest';
import { entityIdOfKey } from './entity-id.ts';

it('is the same for the same key of the same route only', () => {
  expect(entityIdOfKey('addHost', 'k1')).toBe(entityIdOfKey('addHost', 'k1'));
  expect(entityIdOfKey('addHost', 'k1')).not.toBe(entityIdOfKey('addHost', 'k2'));
  expect(entityIdOfKey('addHost', 'k1')).not.toBe(entityIdOfKey('addNetwork', 'k1'));
});

it('is an id, whatever the key is', () => {
  expect(EntityId.safeParse(entityIdOfKey('addHost', '"§$%&/()')).success).toBe(true);
});
