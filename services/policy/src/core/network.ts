import { EntityId } from '@vfleet/contracts/vocabulary/ids';
import { Label } from '@vfleet/contracts/vocabulary/label';
import { Mtu, NetworkRole, VlanId } from '@vfleet/contracts/vocabulary/network';
import { z } from 'zod';

/** A network as it is stored. `revision` rises with every change of it: its ETag, and the version a claim carries. */
export const StoredNetwork = z.object({
  id: EntityId,
  name: z.string(),
  revision: z.int().positive(),
  description: z.string(),
  vlanId: VlanId.nullable(),
  mtu: Mtu,
  label: Label.nullable(),
  portIsolation: z.boolean(),
  required: z.boolean(),
  roles: z.array(NetworkRole),
  /** The QoS of its host attachments. */
  qosId: EntityId.nullable(),
});
export type StoredNetwork = z.infer<typeof StoredNetwork>;
