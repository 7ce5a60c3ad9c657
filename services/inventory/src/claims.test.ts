import { AttachClaims, ClaimVfs, FindClaims, ReleaseClaims } from '@vfleet/contracts/inventory-claims';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type InventoryUnderTest, inventoryUnderTest, replyOf } from './testing/inventory-under-test.ts';
import { claimRequest, wantedClaim } from './testing/sample-claims.ts';

const OF_P1 = { hostId: 'h1', placementId: 'p1' };

let world: InventoryUnderTest;

beforeEach(async () => {
  world = await inventoryUnderTest();
  world.policy.networks.put('red', { name: 'red', label: null });
});
afterEach(() => world.close());

const claimsOf = async (placementId: string) => replyOf(await world.ask(FindClaims, { placementId })).claims;

it('claims, attaches, releases: free again by the proof of the agent', async () => {
  const { agent } = await world.hostWithVfs(2);
  const made = replyOf(await world.ask(ClaimVfs, claimRequest([wantedClaim('c1', 0), wantedClaim('c2', 1)])));
  expect(made.claims).toMatchObject([
    { claimId: 'c1', fence: 1, state: 'reserved', vf: { name: 'ens11v0', pf: { id: 'h1-1', name: 'ens11' } } },
    { claimId: 'c2', fence: 2, state: 'reserved' },
  ]);
  const attached = replyOf(await world.ask(AttachClaims, { ...OF_P1, claimIds: ['c1'] }));
  expect(attached.claims).toMatchObject([
    { claimId: 'c1', state: 'attached' },
    { claimId: 'c2', state: 'reserved' },
  ]);
  expect(await claimsOf('p1')).toMatchObject([
    { hostId: 'h1', claimId: 'c1', state: 'attached' },
    { hostId: 'h1', claimId: 'c2', state: 'reserved' },
  ]);
  const released = replyOf(await world.ask(ReleaseClaims, { ...OF_P1, claimIds: ['c1', 'c2'] }));
  expect(released.claims.map(({ state }) => state)).toEqual(['releasing', 'releasing']);
  await world.idle();
  expect(agent.toldToClean).toHaveLength(1);
  expect(await claimsOf('p1')).toEqual([]);
  expect(replyOf(await world.ask(ReleaseClaims, { ...OF_P1, claimIds: ['c1', 'c2'] })).claims).toEqual([]);
});
