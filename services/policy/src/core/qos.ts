import { EntityId } from '@vfleet/contracts/vocabulary/ids';
import { NewQos, type Qos, type QosChange, QosType } from '@vfleet/contracts/vocabulary/qos';
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

/** A new QoS, of the type `vm_network` unless told. */
export function newQos(id: string, fields: NewQos): StoredQos {
  const limits = { inbound: null, outbound: null, linkshare: null, upperLimit: null, realtime: null };
  const type = fields.type ?? 'vm_network';
  return changedQos({ id, name: fields.name, revision: 1, description: '', type, ...limits }, fields);
}

/** A QoS with other fields; those that are absent stay, as does the type. */
export function changedQos(qos: StoredQos, fields: QosChange): StoredQos {
  return {
    ...qos,
    name: fields.name ?? qos.name,
    description: fields.description ?? qos.description,
    inbound: fields.inbound === undefined ? qos.inbound : fields.inbound,
    outbound: fields.outbound === undefined ? qos.outbound : fields.outbound,
    linkshare: fields.linkshare === undefined ? qos.linkshare : fields.linkshare,
    upperLimit: fields.upper_limit === undefined ? qos.upperLimit : fields.upper_limit,
    realtime: fields.realtime === undefined ? qos.realtime : fields.realtime,
  };
}

/** A QoS as callers see it. */
export function qosView({ revision: _, upperLimit, ...qos }: StoredQos): Qos {
  return { ...qos, upper_limit: upperLimit };
}
