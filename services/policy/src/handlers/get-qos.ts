import type { Answer } from '@vfleet/bus/bus';
import type { GetQos } from '@vfleet/contracts/policy/qos';
import { noSuchQos } from '../core/decide-qos.ts';
import { qosView } from '../core/qos.ts';
import { onEntity } from '../find-entity.ts';
import type { OwnedCollections } from '../owned-collections.ts';

export const getQos =
  ({ qos: { documents } }: Pick<OwnedCollections, 'qos'>): Answer<typeof GetQos> =>
  ({ payload }) =>
    onEntity({ documents, none: noSuchQos }, payload.qos, ({ body }) => ({
      ok: true,
      reply: { resource: qosView(body), version: body.revision },
    }));
