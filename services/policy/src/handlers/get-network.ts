import type { Answer } from '@vfleet/bus/bus';
import type { GetNetwork } from '@vfleet/contracts/policy/networks';
import { noSuchNetwork } from '../core/decide-network.ts';
import { networkView } from '../core/network.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { onEntity } from '../reads/find-entity.ts';

export const getNetwork =
  ({ networks: { documents }, qos }: Pick<OwnedCollections, 'networks' | 'qos'>): Answer<typeof GetNetwork> =>
  ({ payload }) =>
    onEntity({ documents, none: noSuchNetwork }, payload.network, async ({ body }) => {
      const its = body.qosId === null ? undefined : await qos.documents.get(body.qosId);
      return { ok: true, reply: { resource: networkView(body, its?.body), version: body.revision } };
    });
