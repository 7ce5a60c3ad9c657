import { Cluster } from '@vfleet/contracts/vocabulary/cluster';
import { type Collection, putOf } from '@vfleet/documents/documents';
import { openTemporary } from '@vfleet/documents/sqlite-temporary';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { CLUSTERS } from './collections.ts';
import { clusterView } from './core/cluster.ts';

/** Clusters as they were before they said anything of carriers. */
const EARLIER: Collection<unknown> = { name: 'clusters', schema: z.unknown(), schemaVersion: 1, keys: {} };

it('reads clusters of schema version 1, which require no carrier', async () => {
  const { store, reopen, destroy } = await openTemporary();
  const body = { id: 'c1', name: 'Rack 1', revision: 1, description: '', compatibilityVersion: '4.7', policy: 'pack' };
  const earlier = await store.open(EARLIER);
  await store.commit([putOf(earlier, { id: 'c1', expectedVersion: 0, body, answers: [], unpublished: [] })]);
  const cluster = await (await (await reopen()).open(CLUSTERS)).get('c1');
  expect(Cluster.parse(cluster && clusterView(cluster.body))).toMatchObject({ name: 'Rack 1', require_carrier: false });
  await destroy();
});
