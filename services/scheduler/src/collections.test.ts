import { type Collection, putOf } from '@vfleet/documents/documents';
import { openTemporary } from '@vfleet/documents/sqlite-temporary';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { PLACEMENTS } from './collections.ts';
import { newPlacement } from './core/placement.ts';

/** Placements as they were before a destination could be lost. */
const EARLIER: Collection<unknown> = { name: 'placements', schema: z.unknown(), schemaVersion: 1, keys: {} };

it('reads placements of schema version 1, and puts them again', async () => {
  const { store, reopen, destroy } = await openTemporary();
  const made = newPlacement({ vm: { id: 'v1', name: 'web1' }, placementId: 'p1', now: '2026-01-01T00:00:00.000Z' });
  const { lostDestination, ...body } = made;
  const earlier = await store.open(EARLIER);
  await store.commit([putOf(earlier, { id: 'v1', expectedVersion: 0, body, answers: [], unpublished: [] })]);
  const again = await reopen();
  const placements = await again.open(PLACEMENTS);
  const stored = await placements.get('v1');
  if (!stored) throw new Error('not found');
  expect(stored.body).toEqual({ ...body, lostDestination });
  const put = putOf(placements, { id: 'v1', expectedVersion: 1, body: stored.body, answers: [], unpublished: [] });
  await again.commit([put]);
  expect(await placements.get('v1')).toMatchObject({ version: 2, body: { lostDestination: null } });
  await destroy();
});
