import { AttachClaims, ClaimVfs, FindClaims } from '@vfleet/contracts/inventory-claims';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { INVENTORY_DEFAULTS } from './config.ts';
import { type InventoryUnderTest, inventoryUnderTest, replyOf } from './testing/inventory-under-test.ts';
import { claimRequest, hostWithVfs, wantedClaim } from './testing/sample-claims.ts';
import { standInScheduler } from './testing/stand-in-scheduler.ts';

const { claimDeadlineMs, judgeOverdueMs, judgeAll } = INVENTORY_DEFAULTS;

let world: InventoryUnderTest;
let scheduler: ReturnType<typeof standInScheduler>;

beforeEach(async () => {
  world = await inventoryUnderTest();
  world.policy.networks.put('red', { name: 'red', label: null });
  scheduler = standInScheduler();
  await world.seed(hostWithVfs(7));
  await world.attachAgent();
});
afterEach(() => world.close());

const claim = async (...ids: string[]) =>
  replyOf(await world.ask(ClaimVfs, claimRequest(ids.map((id, index) => wantedClaim(id, index)))));
const statesOf = async () => {
  await world.idle();
  const { claims } = replyOf(await world.ask(FindClaims, { placementId: 'p1' }));
  return Object.fromEntries(claims.map(({ claimId, state }) => [claimId, state]));
};

it('asks about claims past their deadline, and releases those that no placement names', async () => {
  await scheduler.startOn(world.connect());
  scheduler.named.add('wanted');
  await claim('wanted', 'orphan');
  await world.clock.advance(claimDeadlineMs - 1);
  expect(scheduler.judged).toEqual([]);
  await world.clock.advance(judgeOverdueMs);
  expect(scheduler.judged).toEqual([['wanted', 'orphan']]);
  expect(await statesOf()).toEqual({ wanted: 'reserved' });
  expect(world.notes).toMatchObject([
    { action: 'releaseOrphanedClaim', detail: expect.stringContaining('claim orphan of') },
  ]);
});

it('asks at a slow pace about all claims that are held for a while', async () => {
  await scheduler.startOn(world.connect());
  scheduler.named.add('wanted');
  await claim('wanted', 'orphan');
  await world.ask(AttachClaims, { hostId: 'h1', placementId: 'p1', claimIds: ['wanted', 'orphan'] });
  await world.clock.advance(judgeAll.everyMs - 1);
  expect(await statesOf()).toEqual({ wanted: 'attached', orphan: 'attached' });
  await world.clock.advance(1);
  expect(await statesOf()).toEqual({ wanted: 'attached' });
});

it('frees nothing while the scheduler is away, and asks again', async () => {
  await claim('orphan');
  await world.clock.advance(judgeAll.everyMs + claimDeadlineMs);
  expect(await statesOf()).toEqual({ orphan: 'reserved' });
  await scheduler.startOn(world.connect());
  await world.clock.advance(judgeOverdueMs);
  expect(await statesOf()).toEqual({});
});
