import { GetVfsConfig, UpdateVfsConfig } from '@vfleet/contracts/inventory';
import { ClaimVfs } from '@vfleet/contracts/inventory-claims';
import { PlanVfsConfig } from '@vfleet/contracts/inventory-plan';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type InventoryUnderTest, inventoryUnderTest, replyOf } from './testing/inventory-under-test.ts';
import { claimRequest, wantedClaim } from './testing/sample-claims.ts';

const ON_PF = { host: 'alpha', nic: 'ens11', vfsConfig: 'vfsConfig' };

let world: InventoryUnderTest;

beforeEach(async () => {
  world = await inventoryUnderTest();
  world.policy.networks.put('red', { name: 'red', label: null, mtu: 1500 });
});
afterEach(() => world.close());

const plan = async (wanted: object) => replyOf(await world.ask(PlanVfsConfig, { ...ON_PF, ...wanted }));

it('carries a plan out that nothing has overtaken, and leaves nothing changed before', async () => {
  const { agent } = await world.hostWithVfs(2);
  const { token, steps } = await plan({ numOfVfs: 4 });
  expect(steps).toContain('write 4');
  expect(agent.wanted).toEqual([]);
  expect((await plan({ numOfVfs: 4 })).token).toBe(token);

  replyOf(await world.ask(UpdateVfsConfig, { ...ON_PF, numOfVfs: 4, planToken: token }));
  await world.idle();
  expect(replyOf(await world.ask(GetVfsConfig, ON_PF)).resource.existing_num_of_vfs).toBe(4);
});

it('refuses a change whose plan was overtaken, and says by what', async () => {
  const { agent } = await world.hostWithVfs(2);
  const { token } = await plan({ numOfVfs: 4 });
  await world.ask(ClaimVfs, claimRequest([wantedClaim('c1', 0)]));
  const verdict = await world.ask(UpdateVfsConfig, { ...ON_PF, numOfVfs: 4, planToken: token });
  expect(verdict).toMatchObject({
    ok: false,
    refusals: [
      {
        code: 'PLAN_IS_OUTDATED',
        detail: 'Since the plan for ens11 was made something took or left its virtual functions.',
      },
      { code: 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED' },
    ],
  });
  expect(agent.wanted).toEqual([]);
  expect((await plan({ numOfVfs: 4 })).vms).toMatchObject([{ name: 'vm-1', state: 'reserved' }]);
});

it('refuses a plan that did not know of a network there is now', async () => {
  await world.hostWithVfs(2);
  const wanted = { allNetworksAllowed: false };
  const { token, lost_networks } = await plan(wanted);
  expect(lost_networks).toEqual([{ id: 'red', name: 'red' }]);
  world.policy.networks.put('blue', { name: 'blue', label: null, mtu: 1500 });
  await world.idle();
  expect(await world.ask(UpdateVfsConfig, { ...ON_PF, ...wanted, planToken: token })).toMatchObject({
    refusals: [{ code: 'PLAN_IS_OUTDATED', detail: expect.stringContaining('the networks were changed') }],
  });
  const again = await plan(wanted);
  expect(again.lost_networks).toHaveLength(2);
  expect(replyOf(await world.ask(UpdateVfsConfig, { ...ON_PF, ...wanted, planToken: again.token }))).toMatchObject({
    all_networks_allowed: false,
  });
});
