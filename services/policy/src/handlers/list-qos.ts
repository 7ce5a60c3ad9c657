import type { Answer } from '@vfleet/bus/bus';
import type { ListQos } from '@vfleet/contracts/policy/qos';
import { qosView } from '../core/qos.ts';
import { listByName } from '../list-by-name.ts';
import type { OwnedCollections } from '../owned-collections.ts';

export const listQos =
  ({ qos }: Pick<OwnedCollections, 'qos'>): Answer<typeof ListQos> =>
  async ({ payload }) => {
    const { page, next } = await listByName(qos.documents, payload);
    return { ok: true, reply: { items: page.map(qosView), next } };
  };
