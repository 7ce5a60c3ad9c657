import { EntityId } from '@vfleet/contracts/vocabulary/ids';
import { NewQos, QosType } from '@vfleet/contracts/vocabulary/qos';
import { z } from 'zod';

const { inbound, outbound, linkshare, upper_limit, realtime } = NewQos.shape;

/** A QoS as it is stored. `revision` rises with every change of it: its ETag. */
export const StoredQos = z.object({
  id: EntityId,
  name: z.string(),
  revision: z.int().positive(),
  description: z.string(),
  type: QosType,
  inbound: inbound.unwrap(),
  outbound: outbound.unwrap(),
  linkshare: linkshare.unwrap(),
  upperLimit: upper_limit.unwrap(),
  realtime: realtime.unwrap(),
});
export type StoredQos = z.infer<typeof StoredQos>;
