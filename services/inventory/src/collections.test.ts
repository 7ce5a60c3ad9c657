import { type Collection, putOf } from '@vfleet/documents/documents';
import { openTemporary } from '@vfleet/documents/sqlite-temporary';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { HOSTS } from './collections.ts';
import { sampleLedger } from './testing/sample-ledger.ts';

/** The ledgers as they were before hosts were found by their clusters. */
const EARLIER: Collection<unknown> = { name: 'hosts', schema: z.unknown(), schemaVersion: 1, keys: {} };

it('finds ledgers of schema version 1 by their cluster, and counts changes of their nics from 0', async () => {
  const { store, reopen, destroy } = await openTemporary();
  const { nicsRevision, ...body } = { ...sampleLedger(), clusterId: 'c1' };
  const earlier = await store.open(EARLIER);
  await store.commit([putOf(earlier, { id: 'h1', expectedVersion: 0, body, answers: [], unpublished: [] })]);
  const hosts = await (await reopen()).open(HOSTS);
  expect(await hosts.find('cluster', 'c1', { limit: 10 })).toMatchObject([{ id: 'h1', body: { nicsRevision: 0 } }]);
  await destroy();
});
