import { z } from 'zod';
import { Description, EntityName } from './ids.ts';

/** How free VFs are chosen: fewest left on a host, most left, or spread over distinct cards. */
export const SchedulingPolicy = z.enum(['pack', 'spread', 'anti-affinity']);
export type SchedulingPolicy = z.infer<typeof SchedulingPolicy>;

/** A compatibility version, such as `4.7`: compared number by number, not as text. */
export const CompatibilityVersion = z.string().regex(/^[1-9]\d?\.\d{1,2}$/, 'a compatibility version looks like 4.7');

/** The cluster every installation begins with. */
export const DEFAULT_CLUSTER = { id: 'default', name: 'Default' } as const;

/** A cluster as the API shows it. */
export const Cluster = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  compatibility_version: z.string(),
  policy: SchedulingPolicy,
  require_carrier: z
    .boolean()
    .describe('Whether virtual functions of a physical function without carrier are kept back.'),
});
export type Cluster = z.infer<typeof Cluster>;

/** What a caller may say of a new cluster; compatibility version 4.7, policy `pack` and no carrier required unless told. */
export const NewCluster = z.object({
  name: EntityName,
  description: Description.optional(),
  compatibility_version: CompatibilityVersion.optional(),
  policy: SchedulingPolicy.optional(),
  require_carrier: z.boolean().optional(),
});
export type NewCluster = z.infer<typeof NewCluster>;

/** A change of a cluster; what is absent stays. */
export const ClusterChange = NewCluster.partial();
export type ClusterChange = z.infer<typeof ClusterChange>;
