import { AttachClaims, ClaimVfs, FindClaims, ReleaseClaims } from '@vfleet/contracts/inventory-claims';
import { ReadHostFacts } from '@vfleet/contracts/inventory-facts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { INVENTORY_DEFAULTS } from './config.ts';
import { type InventoryUnderTest, inventoryUnderTest, replyOf } from './testing/inventory-under-test.ts';
import { claimRequest, hostWithVfs, wantedClaim } from './testing/sample-claims.ts';
import { vfAt } from './testing/sample-ledger.ts';
import { standInScheduler } from './testing/stand-in-scheduler.ts';

const OF_P1 = { hostId: 'h1', placementId: 'p1' };
const FAILURE = { code: 'EIO', cause: 'The card failed.', remedy: 'Replace it.' };
const DIRTY = { result: 'dirty' as const, failure: FAILURE };

let world: InventoryUnderTest;
let scheduler: ReturnType<typeof standInScheduler>;

beforeEach(async () => {
  world = await inventoryUnderTest();
  world.policy.networks.put('red', { name: 'red', label: null });
  scheduler = standInScheduler();
});
afterEach(() => world.close());

const claimsOf = async (placementId: string) => replyOf(await world.ask(FindClaims, { placementId })).claims;
const claim = async (...wanted: ReturnType<typeof wantedClaim>[]) =>
  replyOf(await world.ask(ClaimVfs, claimRequest(wanted)));
const release = async (...claimIds: string[]) => replyOf(await world.ask(ReleaseClaims, { ...OF_P1, claimIds }));

it('claims, attaches, releases: free again by the proof of the agent', async () => {
  const { agent } = await world.hostWithVfs(2);
  const made = await claim(wantedClaim('c1', 0), wantedClaim('c2', 1));
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
  expect((await release('c1', 'c2')).claims.map(({ state }) => state)).toEqual(['releasing', 'releasing']);
  await world.idle();
  expect(agent.toldToClean).toHaveLength(1);
  expect(await claimsOf('p1')).toEqual([]);
  expect((await release('c1', 'c2')).claims).toEqual([]);
});

it('tells the version of the ledger with the claims in it, and of every change which nic to look at', async () => {
  await world.hostWithVfs(1);
  const versionOf = async () => replyOf(await world.ask(ReadHostFacts, { ids: ['h1'], limit: 1 })).items[0]?.version;
  const { ledgerVersion } = await claim(wantedClaim('c1', 0));
  expect(ledgerVersion).toBe(await versionOf());
  expect((await claim(wantedClaim('c1', 0))).ledgerVersion).toBe(ledgerVersion);
  world.facts.length = 0;
  await world.ask(AttachClaims, { ...OF_P1, claimIds: ['c1'] });
  await release('c1');
  await world.idle();
  expect(world.facts).toEqual(Array(3).fill({ change: 'claims', nics: ['ens11'] }));
});

it('finds the claims of a placement on every host', async () => {
  for (const id of ['h1', 'h2']) {
    await world.seed({ ...hostWithVfs(1), id, name: id });
    replyOf(await world.ask(ClaimVfs, claimRequest([wantedClaim(`c-${id}`, 0)], { hostId: id })));
  }
  expect((await claimsOf('p1')).map(({ hostId, claimId }) => [hostId, claimId])).toEqual([
    ['h1', 'c-h1'],
    ['h2', 'c-h2'],
  ]);
  expect(await claimsOf('p2')).toEqual([]);
});

it('knows nothing of a host that nobody added', async () => {
  const refused = { ok: false, refusals: [{ code: 'HOST_NOT_EXIST' }] };
  expect(await world.ask(ClaimVfs, claimRequest([wantedClaim('c1', 0)]))).toMatchObject(refused);
  expect(await world.ask(AttachClaims, { ...OF_P1, claimIds: ['c1'] })).toMatchObject(refused);
  expect(await world.ask(ReleaseClaims, { ...OF_P1, claimIds: ['c1'] })).toMatchObject(refused);
});

it('asks policy for a network that was resolved in a newer version than is known, and then decides', async () => {
  await world.seed(hostWithVfs(1, { allNetworksAllowed: false, labels: ['tenant'] }));
  const { networks } = world.policy;
  expect(await world.ask(ClaimVfs, claimRequest([wantedClaim('c1', 0)]))).toMatchObject({
    refusals: [{ code: 'NETWORK_NOT_ALLOWED_ON_PF' }],
  });
  networks.changeUnnoticed('red', { name: 'red', label: 'tenant' });
  const newer = wantedClaim('c1', 0, { network: { id: 'red', version: 2 } });
  expect((await claim(newer)).claims).toHaveLength(1);
  const older = wantedClaim('c2', 0, { network: { id: 'red', version: 1 } });
  expect(await world.ask(ClaimVfs, claimRequest([older]))).toMatchObject({
    refusals: [{ code: 'VF_NOT_FREE' }, { code: 'NETWORK_IS_STALE' }],
  });
});

it('tells the agent again to clean until it has proved it, and at once when it is back', async () => {
  const { agent, leave } = await world.hostWithVfs(1);
  agent.cleans = false;
  await claim(wantedClaim('c1', 0));
  await release('c1');
  await world.clock.advance(INVENTORY_DEFAULTS.tellUnsettledMs);
  await world.idle();
  expect(agent.toldToClean).toHaveLength(2);
  await leave();
  await world.clock.advance(20_000);
  const back = await world.attachAgent();
  await world.clock.advance(20_000);
  expect(back.agent.toldToClean).toEqual([]);
  await back.beat('d1');
  await world.idle();
  expect(back.agent.toldToClean).toEqual([[{ claimId: 'c1', pciAddress: vfAt(0), fence: 1 }]]);
  expect(await claimsOf('p1')).toEqual([]);
});

it('keeps a VF that cannot be proved clean, tries it again slowly, and tells its placement of every turn', async () => {
  await scheduler.startOn(world.connect());
  const { agent, beat, proves } = await world.hostWithVfs(1);
  agent.cleans = false;
  await claim(wantedClaim('c1', 0));
  await release('c1');
  await proves([{ claimId: 'c1', pciAddress: vfAt(0), fence: 1 }], DIRTY);
  await world.idle();
  expect(await claimsOf('p1')).toMatchObject([{ claimId: 'c1', state: 'dirty' }]);
  expect(scheduler.claimsChanged).toEqual([['p1']]);
  const told = agent.toldToClean.length;
  agent.cleans = true;
  for (let waited = 0; waited < INVENTORY_DEFAULTS.cleanDirtyMs; waited += INVENTORY_DEFAULTS.heartbeatMs) {
    expect(agent.toldToClean).toHaveLength(told);
    await world.clock.advance(INVENTORY_DEFAULTS.heartbeatMs);
    await beat('d1');
    await world.idle();
  }
  expect(await claimsOf('p1')).toEqual([]);
  expect(scheduler.claimsChanged).toEqual([['p1'], ['p1']]);
  expect(world.notes.map(({ action }) => action)).toEqual(['quarantineVf', 'freeQuarantinedVf']);
});

it('takes a proof whenever it comes, from whichever start of the agent', async () => {
  const { agent, proves } = await world.hostWithVfs(1);
  agent.cleans = false;
  await claim(wantedClaim('c1', 0));
  await proves([{ claimId: 'c1', pciAddress: vfAt(0), fence: 1 }]);
  await world.idle();
  expect(await claimsOf('p1')).toMatchObject([{ state: 'reserved' }]);
  await release('c1');
  agent.sequence = 0;
  await proves([{ claimId: 'c1', pciAddress: vfAt(0), fence: 1 }]);
  await world.idle();
  expect(await claimsOf('p1')).toEqual([]);
});

it('keeps the claim of a VF that vanished from its host, until the agent proves what is left of it clean (F39)', async () => {
  const { agent, tell } = await world.hostWithVfs(2);
  await claim(wantedClaim('c1', 1));
  await tell(1);
  await world.idle();
  expect(await claimsOf('p1')).toMatchObject([{ claimId: 'c1', vf: { name: 'pci_0000_41_10_2' }, state: 'reserved' }]);
  expect(await world.ask(ClaimVfs, claimRequest([wantedClaim('c2', 1)], { placementId: 'p2' }))).toMatchObject({
    refusals: [{ code: 'VF_NOT_EXIST' }],
  });
  agent.cleans = false;
  await tell(2);
  await release('c1');
  await world.idle();
  expect(await world.ask(ClaimVfs, claimRequest([wantedClaim('c2', 1)], { placementId: 'p2' }))).toMatchObject({
    refusals: [{ code: 'VF_NOT_FREE' }],
  });
  agent.cleans = true;
  await world.clock.advance(INVENTORY_DEFAULTS.tellUnsettledMs);
  await world.idle();
  expect(
    replyOf(await world.ask(ClaimVfs, claimRequest([wantedClaim('c2', 1)], { placementId: 'p2' }))).claims,
  ).toHaveLength(1);
});
