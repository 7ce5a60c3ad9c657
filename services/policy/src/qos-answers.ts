import { answers, type Binding } from '@vfleet/bus/bus';
import { AddQos, GetQos, ListQos, RemoveQos, UpdateQos } from '@vfleet/contracts/policy/qos';
import { addQos } from './handlers/add-qos.ts';
import { getQos } from './handlers/get-qos.ts';
import { listQos } from './handlers/list-qos.ts';
import { removeQos } from './handlers/remove-qos.ts';
import { updateQos } from './handlers/update-qos.ts';
import type { OwnedCollections } from './owned-collections.ts';

/** What policy answers about QoS. */
export function qosAnswers(needs: OwnedCollections): Binding[] {
  return [
    answers(AddQos, addQos(needs)),
    answers(UpdateQos, updateQos(needs)),
    answers(RemoveQos, removeQos(needs)),
    answers(GetQos, getQos(needs)),
    answers(ListQos, listQos(needs)),
  ];
}
