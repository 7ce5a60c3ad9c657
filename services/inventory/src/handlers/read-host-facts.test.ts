import { GetHost } from '@vfleet/contracts/inventory';
import { ReadHostFacts } from '@vfleet/contracts/inventory-facts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type InventoryUnderTest, inventoryUnderTest, replyOf } from '../testing/inventory-under-test.ts';
import { sampleLedger, sampleVf } from '../testing/sample-ledger.ts';

let world: InventoryUnderTest;

beforeEach(async () => {
  world = await inventoryUnderTest();
});
afterEach(() => world.close());

it('tells the facts of all hosts in pages, in the order of their ids', async () => {
  for (const id of ['h3', 'h1', 'h2']) await world.seed({ ...sampleLedger({ vfs: [sampleVf(0)] }), id, name: id });
  const first = replyOf(await world.ask(ReadHostFacts, { limit: 2 }));
  expect(first.items.map(({ id }) => id)).toEqual(['h1', 'h2']);
  const second = replyOf(await world.ask(ReadHostFacts, { limit: 2, cursor: first.next ?? '' }));
  expect(second).toMatchObject({ items: [{ id: 'h3', version: 1 }], next: null });
});

it('tells the hosts asked for that are there, with versions that rise with every put', async () => {
  const { tell } = await world.managedHost();
  const asked = { ids: ['h1', 'nobody'], limit: 500 };
  const before = replyOf(await world.ask(ReadHostFacts, asked));
  expect(before).toMatchObject({ items: [{ id: 'h1', pfs: [{ vfs: 0, freeVfs: [] }] }], next: null });
  await tell(2);
  await world.idle();
  const after = replyOf(await world.ask(ReadHostFacts, asked));
  expect(after.items[0]?.pfs).toMatchObject([{ vfs: 2, freeVfs: ['0000:41:10.0', '0000:41:10.2'] }]);
  expect(after.items[0]?.version).toBeGreaterThan(before.items[0]?.version ?? Number.NaN);
  expect(replyOf(await world.ask(GetHost, { host: 'h1' })).resource.free_vfs).toBe(2);
});
