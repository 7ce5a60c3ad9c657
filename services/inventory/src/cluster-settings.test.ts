import { GetVfsConfig, UpdateHost } from '@vfleet/contracts/inventory';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { INVENTORY_DEFAULTS } from './config.ts';
import { type InventoryUnderTest, inventoryUnderTest, replyOf } from './testing/inventory-under-test.ts';
import { pfReport } from './testing/sample-report.ts';

const ON_PF = { host: 'alpha', nic: 'ens11', vfsConfig: 'vfsConfig' };

let world: InventoryUnderTest;

beforeEach(async () => {
  world = await inventoryUnderTest();
});
afterEach(() => world.close());

const health = async () => replyOf(await world.ask(GetVfsConfig, ON_PF)).resource.health;

it('a PF without carrier is unhealthy as soon as its cluster says so, and until it says otherwise', async () => {
  const { tell } = await world.hostWithVfs(2);
  await tell(2, null, { pfs: [withoutCarrier()] });
  await world.idle();
  expect(await health()).toMatchObject({ state: 'healthy', carrier: false });

  await says(true);
  expect(await health()).toMatchObject({ state: 'unhealthy', problems: [{ code: 'NO_CARRIER' }] });
  await says(false);
  expect(await health()).toMatchObject({ state: 'healthy', since: null });
  expect(world.notes.map(({ action }) => action)).toEqual(['pfUnhealthy', 'pfHealthy']);
});

it('a host that reports or moves goes by what its cluster says by then', async () => {
  world.policy.clusters.put('strict', { name: 'strict', requireCarrier: true });
  const { tell } = await world.hostWithVfs(2);
  await tell(2, null, { pfs: [withoutCarrier()] });
  await world.idle();
  replyOf(await world.ask(UpdateHost, { host: 'alpha', cluster: 'strict' }));
  expect((await health()).state).toBe('unhealthy');

  world.policy.clusters.put('strict', { name: 'strict', requireCarrier: false });
  await world.idle();
  await tell(2, null, { pfs: [withoutCarrier()] });
  await world.idle();
  expect((await health()).state).toBe('healthy');
});

async function says(requireCarrier: boolean): Promise<void> {
  world.policy.clusters.put('default', { name: 'Default', requireCarrier });
  await world.idle();
  await world.clock.advance(INVENTORY_DEFAULTS.clusterSettingsMs);
  await world.idle();
}

function withoutCarrier() {
  return { ...pfReport(), health: { carrier: false, pcieErrors: null } };
}
