import type { Answer } from '@vfleet/bus/bus';
import { type AddQos, QosChanged } from '@vfleet/contracts/policy/qos';
import { decideAndPut, fact } from '@vfleet/documents/decide-and-put';
import { qosAdditionRefusals, qosTaken } from '../core/decide-qos.ts';
import { newQos, qosView } from '../core/qos.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { namesakeOf } from '../reads/find-entity.ts';

export const addQos =
  ({ qos }: Pick<OwnedCollections, 'qos'>): Answer<typeof AddQos> =>
  (message) => {
    const { qosId, fields } = message.payload;
    const added = newQos(qosId, fields);
    return decideAndPut(
      qos,
      qosId,
      message,
      (stored, _, __, namesake) => {
        const refusals = qosAdditionRefusals(added, { holder: stored?.body, namesake });
        if (refusals.length > 0) return { ok: false, refusals };
        return { ok: true, body: added, reply: qosView(added), facts: [fact(QosChanged, { qosId, change: 'added' })] };
      },
      {
        read: () => namesakeOf(qos.documents, added),
        onDuplicate: (duplicate) => [qosTaken(added, duplicate)],
      },
    );
  };
