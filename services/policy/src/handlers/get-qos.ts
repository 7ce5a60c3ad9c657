import type { Answer } from '@vfleet/bus/bus';
import type { GetQos } from '@vfleet/contracts/policy/qos';
import { noSuchQos } from '../core/decide-qos.ts';
import { qosView } from '../core/qos.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { onEntity } from '../reads/find-entity.ts';

export const getQos =
  ({ qos: { documents } }: Pick<OwnedCollections, 'qos'>): Answer<typeof GetQos> =>
  ({ payload }) =>
    onEntity({ documents, none: noSuchQos }, payload.qos, ({ body }) => ({
      ok: true,
      reply: { resource: qosView(body), version: body.revision },
    }));
