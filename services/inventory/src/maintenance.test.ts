import { GetHost } from '@vfleet/contracts/inventory';
import { ClaimVfs } from '@vfleet/contracts/inventory-claims';
import { ReadHostFacts } from '@vfleet/contracts/inventory-facts';
import { SetMaintenance } from '@vfleet/contracts/inventory-plan';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type InventoryUnderTest, inventoryUnderTest, replyOf } from './testing/inventory-under-test.ts';
import { claimRequest, wantedClaim } from './testing/sample-claims.ts';

let world: InventoryUnderTest;

beforeEach(async () => {
  world = await inventoryUnderTest();
  world.policy.networks.put('red', { name: 'red', label: null, mtu: 1500 });
});
afterEach(() => world.close());

const set = async (maintenance: boolean) =>
  replyOf(await world.ask(SetMaintenance, { host: 'alpha', maintenance })).status;
const told = async () => replyOf(await world.ask(ReadHostFacts, { ids: ['h1'], limit: 1 })).items[0]?.status;

it('keeps a host out of scheduling, and gives it back', async () => {
  await world.hostWithVfs(2);
  expect(await told()).toBe('up');
  const before = replyOf(await world.ask(GetHost, { host: 'h1' })).version;
  expect([await set(true), await set(true)]).toEqual(['maintenance', 'maintenance']);
  expect(replyOf(await world.ask(GetHost, { host: 'h1' })).version).toBe(before + 1);
  expect(await told()).toBe('maintenance');
  expect(await world.ask(ClaimVfs, claimRequest([wantedClaim('c1', 0)]))).toMatchObject({
    refusals: [{ code: 'HOST_NOT_UP', detail: expect.stringContaining('in maintenance') }],
  });
  expect(await set(false)).toBe('up');
  expect(await world.ask(ClaimVfs, claimRequest([wantedClaim('c1', 0)]))).toMatchObject({ ok: true });
});

it('is told of a host that is there alone', async () => {
  expect(await world.ask(SetMaintenance, { host: 'nobody', maintenance: true })).toMatchObject({
    refusals: [{ code: 'HOST_NOT_EXIST' }],
  });
});
