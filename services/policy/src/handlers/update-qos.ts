import type { Answer } from '@vfleet/bus/bus';
import { QosChanged, type UpdateQos } from '@vfleet/contracts/policy/qos';
import { decideAndPut, fact } from '@vfleet/documents/decide-and-put';
import { decideUpdateQos, noSuchQos, qosTaken } from '../core/decide-qos.ts';
import { qosView } from '../core/qos.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { namesakeOf, onEntity } from '../reads/find-entity.ts';

export const updateQos =
  ({ qos }: Pick<OwnedCollections, 'qos'>): Answer<typeof UpdateQos> =>
  (message) => {
    const { qos: ref, fields, ifVersion } = message.payload;
    return onEntity({ documents: qos.documents, none: noSuchQos }, ref, ({ id }) =>
      decideAndPut(
        qos,
        id,
        message,
        (stored, _, __, namesake) => {
          if (!stored) return { ok: false, refusals: [noSuchQos(ref)] };
          const decision = decideUpdateQos(stored.body, { fields, ifVersion, namesake });
          if (!decision.ok) return decision;
          const reply = qosView(decision.qos ?? stored.body);
          if (!decision.qos) return { ok: true, body: 'unchanged', reply };
          return { ok: true, body: decision.qos, reply, facts: [fact(QosChanged, { qosId: id, change: 'updated' })] };
        },
        {
          read: () => namesakeOf(qos.documents, { id, name: fields.name }),
          onDuplicate: (duplicate) => [qosTaken({ id, name: duplicate.value }, duplicate)],
        },
      ),
    );
  };
