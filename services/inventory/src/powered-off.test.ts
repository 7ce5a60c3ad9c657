import { ClaimVfs, ConfirmPoweredOff, FindClaims } from '@vfleet/contracts/inventory-claims';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type InventoryUnderTest, inventoryUnderTest, replyOf } from './testing/inventory-under-test.ts';
import { claimRequest, wantedClaim } from './testing/sample-claims.ts';
import { vfAt } from './testing/sample-ledger.ts';
import { standInScheduler } from './testing/stand-in-scheduler.ts';

/** Longer than three heartbeats, in milliseconds. */
const SILENT_MS = 20_000;

let world: InventoryUnderTest;
let scheduler: ReturnType<typeof standInScheduler>;

beforeEach(async () => {
  world = await inventoryUnderTest();
  world.policy.networks.put('red', { name: 'red', label: null });
  scheduler = standInScheduler();
  await scheduler.startOn(world.connect());
});
afterEach(() => world.close());

const confirm = (id?: string) => world.ask(ConfirmPoweredOff, { host: 'alpha' }, id);
const claim = async (id: string, index: number) =>
  replyOf(await world.ask(ClaimVfs, claimRequest([wantedClaim(id, index)]))).claims[0]?.fence;

it('frees all claims of a host that is confirmed powered off, and no fence given out before counts any more', async () => {
  const { leave } = await world.hostWithVfs(2);
  await claim('c1', 0);
  await claim('c2', 1);
  await leave();
  await world.clock.advance(SILENT_MS);
  world.facts.length = 0;
  const { released } = replyOf(await confirm('command-1'));
  expect(released).toMatchObject([
    { claimId: 'c1', pciAddress: vfAt(0), fence: 1 },
    { claimId: 'c2', pciAddress: vfAt(1), fence: 2 },
  ]);
  expect(replyOf(await confirm('command-1')).released).toEqual(released);
  await world.idle();
  expect(replyOf(await world.ask(FindClaims, { placementId: 'p1' })).claims).toEqual([]);
  expect(scheduler.hostsLost).toEqual([{ hostId: 'h1', fenceFloor: 2 }]);
  expect(scheduler.claimsChanged).toEqual([['p1']]);
  expect(world.facts).toEqual([{ change: 'claims', nics: ['ens11'] }]);
  expect(world.notes).toMatchObject([{ action: 'freeClaimsOfLostHost', actor: { kind: 'user', name: 'admin' } }]);

  expect(await world.ask(ClaimVfs, claimRequest([wantedClaim('c3', 0)]))).toMatchObject({
    refusals: [{ code: 'HOST_NOT_UP' }],
  });
  const back = await world.attachAgent();
  await back.beat('d1');
  await world.idle();
  expect(back.agent.floor).toBe(2);
  expect(await claim('c3', 0)).toBe(3);
});

it('tells of the loss again when it is confirmed again, and takes the word about a host that was never heard', async () => {
  const { leave } = await world.managedHost();
  await leave();
  for (let times = 0; times < 2; times++) expect(replyOf(await confirm()).released).toEqual([]);
  await world.idle();
  expect(scheduler.hostsLost).toEqual(Array(2).fill({ hostId: 'h1', fenceFloor: 0 }));
  expect(world.notes).toEqual([]);
});

it('is refused while the host is heard, and while its agent is connected though it is not heard', async () => {
  const { leave } = await world.hostWithVfs(1);
  await claim('c1', 0);
  const refused = async (detail: string) =>
    expect(await confirm()).toMatchObject({
      refusals: [{ code: 'HOST_IS_UP', detail: expect.stringContaining(detail) }],
    });
  await refused('Host alpha is up since');
  await world.clock.advance(SILENT_MS);
  await refused('An agent of host alpha is connected.');
  await leave();
  expect(replyOf(await confirm()).released).toHaveLength(1);
  expect(await world.ask(ConfirmPoweredOff, { host: 'nobody' })).toMatchObject({
    refusals: [{ code: 'HOST_NOT_EXIST' }],
  });
});

it('tells every agent that connects the fence floor, also one whose floor is old, and reads the ledger for no other', async () => {
  const { agent, beat } = await world.hostWithVfs(1);
  expect(agent.floor).toBe(0);
  const reads = world.ledgerReads();
  for (let beats = 0; beats < 5; beats++) {
    await world.clock.advance(1000);
    await beat('d1');
    await world.idle();
  }
  expect(world.ledgerReads() - reads).toBeLessThanOrEqual(1);
  agent.floor = null;
  await beat('d1');
  await world.idle();
  expect(agent.floor).toBe(0);
});

it("tells an agent whose floor is lower than the ledger's", async () => {
  const { leave } = await world.hostWithVfs(1);
  await claim('c1', 0);
  await leave();
  await world.clock.advance(SILENT_MS);
  replyOf(await confirm());
  const back = await world.attachAgent();
  back.agent.floor = 0;
  await back.beat('d1');
  await world.idle();
  expect(back.agent.floor).toBe(1);
});
