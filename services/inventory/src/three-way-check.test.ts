import { GetHost, GetNic } from '@vfleet/contracts/inventory';
import { AttachClaims, ClaimVfs, ReleaseClaims } from '@vfleet/contracts/inventory-claims';
import { ReadHostFacts } from '@vfleet/contracts/inventory-facts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { INVENTORY_DEFAULTS } from './config.ts';
import { type InventoryUnderTest, inventoryUnderTest, replyOf } from './testing/inventory-under-test.ts';
import { claimRequest, wantedClaim } from './testing/sample-claims.ts';
import { vfAt } from './testing/sample-ledger.ts';

const OF_P1 = { hostId: 'h1', placementId: 'p1' };
const WEB = { name: 'web', vmId: 'v1', placementId: 'p1', attempt: 1, state: 'running' as const };
const WEB_ON_VF0 = { ...WEB, vfs: [{ pciAddress: vfAt(0), vnicId: 'n-c1' }] };
const FENCE = { pciAddress: vfAt(0), fence: 3, claimId: 'lost', cleaned: false };

let world: InventoryUnderTest;

beforeEach(async () => {
  world = await inventoryUnderTest();
  world.policy.networks.put('red', { name: 'red', label: null, mtu: 1500 });
});
afterEach(() => world.close());

const differences = async () =>
  replyOf(await world.ask(GetHost, { host: 'h1' })).resource.differences.map(({ code }) => code);
const freeVfs = async () =>
  replyOf(await world.ask(ReadHostFacts, { ids: ['h1'], limit: 1 })).items[0]?.pfs[0]?.freeVfs;
const stateOfVf0 = async () => replyOf(await world.ask(GetNic, { host: 'h1', nic: 'ens11v0' })).resource.vf;

it('sees that the domain of a claim is gone, and that all agree again', async () => {
  const { tellDomains } = await world.hostWithVfs(2);
  await world.ask(ClaimVfs, claimRequest([wantedClaim('c1', 0)]));
  await world.ask(AttachClaims, { ...OF_P1, claimIds: ['c1'] });
  await tellDomains({ domains: [WEB_ON_VF0] });
  await world.idle();
  expect(await differences()).toEqual([]);
  expect(await stateOfVf0()).toMatchObject({
    state: 'attached',
    proof: expect.stringContaining('domain web holds it'),
  });

  await world.clock.advance(1000);
  await tellDomains({});
  await world.idle();
  expect(await differences()).toEqual(['CLAIM_WITHOUT_DOMAIN']);
  await world.ask(ReleaseClaims, { ...OF_P1, claimIds: ['c1'] });
  expect(await differences()).toEqual([]);
});

it('gives out no VF that a domain holds without a claim, until it does not', async () => {
  const { tellDomains } = await world.hostWithVfs(2);
  await tellDomains({ domains: [{ ...WEB_ON_VF0, vmId: null, placementId: null, attempt: null }] });
  await world.idle();
  expect(await differences()).toEqual(['DOMAIN_WITHOUT_CLAIM']);
  expect(await freeVfs()).toEqual([vfAt(1)]);
  expect(await world.ask(ClaimVfs, claimRequest([wantedClaim('c1', 0)]))).toMatchObject({
    refusals: [
      { code: 'VF_NOT_FREE', detail: expect.stringContaining('held by a domain of the hypervisor (domain web)') },
    ],
  });
  await tellDomains({});
  await world.idle();
  expect(await freeVfs()).toEqual([vfAt(0), vfAt(1)]);
});

it('has cleaned what was left behind before it is given out, and says so in the audit log', async () => {
  const { agent, beat, tellDomains } = await world.hostWithVfs(2);
  agent.cleans = false;
  await tellDomains({ fences: [FENCE] });
  await world.idle();
  expect(agent.toldToClean).toEqual([[{ pciAddress: vfAt(0), fence: 3, claimId: 'lost' }]]);
  expect(await differences()).toEqual(['NOT_CLEANED']);
  expect(await stateOfVf0()).toMatchObject({ state: 'in_use', reasons: [{ code: 'NOT_CLEANED' }] });

  agent.cleans = true;
  for (let waited = 0; waited < INVENTORY_DEFAULTS.tellUncleanedMs; waited += INVENTORY_DEFAULTS.heartbeatMs) {
    await world.clock.advance(INVENTORY_DEFAULTS.heartbeatMs);
    await beat('d1');
    await world.idle();
  }
  expect(await differences()).toEqual([]);
  expect(await freeVfs()).toEqual([vfAt(0), vfAt(1)]);
  expect(world.notes).toMatchObject([
    { action: 'raiseFenceCounter', hostId: 'h1', codes: ['FENCE_AHEAD'] },
    { action: 'cleanVf', hostId: 'h1', codes: ['NOT_CLEANED'] },
  ]);
});

it('gives fences after the highest that a host keeps, also when its ledger is from an old backup', async () => {
  const { tellDomains } = await world.hostWithVfs(2);
  await tellDomains({ fences: [{ ...FENCE, fence: 41, cleaned: true }] });
  await world.idle();
  const { claims } = replyOf(await world.ask(ClaimVfs, claimRequest([wantedClaim('c1', 0)])));
  expect(claims).toMatchObject([{ fence: 42 }]);
});

it('is not misled by a report that comes late', async () => {
  const { tellDomains } = await world.hostWithVfs(2);
  await tellDomains({ sequence: 20, domains: [WEB_ON_VF0] });
  await tellDomains({ sequence: 19 });
  await world.idle();
  expect(await freeVfs()).toEqual([vfAt(1)]);
});
