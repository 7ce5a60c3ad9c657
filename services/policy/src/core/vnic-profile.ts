import { EntityId } from '@vfleet/contracts/vocabulary/ids';
import { PassThrough, VfProperties } from '@vfleet/contracts/vocabulary/vnic-profile';
import { z } from 'zod';

/** A vNIC profile as it is stored. `revision` rises with every change of it: its ETag. */
export const StoredVnicProfile = z.object({
  id: EntityId,
  name: z.string(),
  revision: z.int().positive(),
  description: z.string(),
  networkId: EntityId,
  passThrough: PassThrough,
  migratable: z.boolean(),
  failoverId: EntityId.nullable(),
  portMirroring: z.boolean(),
  qosId: EntityId.nullable(),
  networkFilter: z.string().nullable(),
  vf: VfProperties,
});
export type StoredVnicProfile = z.infer<typeof StoredVnicProfile>;
