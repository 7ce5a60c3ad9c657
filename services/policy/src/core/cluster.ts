import { CompatibilityVersion, SchedulingPolicy } from '@vfleet/contracts/vocabulary/cluster';
import { EntityId } from '@vfleet/contracts/vocabulary/ids';
import { z } from 'zod';

/** A cluster as it is stored. `revision` rises with every change of it: its ETag. */
export const StoredCluster = z.object({
  id: EntityId,
  name: z.string(),
  revision: z.int().positive(),
  description: z.string(),
  compatibilityVersion: CompatibilityVersion,
  policy: SchedulingPolicy,
});
export type StoredCluster = z.infer<typeof StoredCluster>;
