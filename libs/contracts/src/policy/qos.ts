import { z } from 'zod';
import { command, event, query } from '../define.ts';
import { EntityId, EntityRef } from '../vocabulary/ids.ts';
import { pageOf } from '../vocabulary/page.ts';
import { NewQos, Qos, QosChange } from '../vocabulary/qos.ts';
import { IfVersion, NamedPageRequest, PolicyChange, versioned } from './entity.ts';

/** `qos` is an id or a name; an id wins. */
const OnQos = z.object({ qos: EntityRef });
const byQos = ({ qos }: { qos: string }) => qos;

export const AddQos = command('policy.add-qos', {
  request: z.object({ qosId: EntityId, fields: NewQos }),
  reply: Qos,
  refusals: ['QOS_NAME_IN_USE', 'QOS_VALUES_CONTRADICT', 'ID_ALREADY_USED'],
  keyOf: ({ qosId }) => qosId,
});

/** The type stays as it was made: what uses the QoS relies on it. */
export const UpdateQos = command('policy.update-qos', {
  request: OnQos.extend({ fields: QosChange }).extend(IfVersion.shape),
  reply: Qos,
  refusals: [
    'QOS_NOT_EXIST',
    'QOS_NAME_IN_USE',
    'QOS_VALUES_CONTRADICT',
    'CANNOT_CHANGE_QOS_TYPE',
    'PRECONDITION_FAILED',
  ],
  keyOf: byQos,
});

/** Refused while a network or a vNIC profile uses it. */
export const RemoveQos = command('policy.remove-qos', {
  request: OnQos.extend(IfVersion.shape),
  reply: z.object({}),
  refusals: ['QOS_NOT_EXIST', 'QOS_IN_USE', 'PRECONDITION_FAILED'],
  keyOf: byQos,
});

export const GetQos = query('policy.get-qos', {
  request: OnQos,
  reply: versioned(Qos),
  refusals: ['QOS_NOT_EXIST'],
  keyOf: byQos,
});

export const ListQos = query('policy.list-qos', {
  request: NamedPageRequest,
  reply: pageOf(Qos),
  refusals: [],
  keyOf: () => 'qos',
});

/** A QoS has changed: a hint to read it again. */
export const QosChanged = event('policy.qos-changed', {
  payload: z.object({ qosId: EntityId, change: PolicyChange }),
  keyOf: ({ qosId }) => qosId,
  followers: ['gateway'],
});
