import type { Answer } from '@vfleet/bus/bus';
import type { ListQos } from '@vfleet/contracts/policy/qos';
import { qosView } from '../core/qos.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { listByName } from '../reads/list-by-name.ts';

export const listQos =
  ({ qos }: Pick<OwnedCollections, 'qos'>): Answer<typeof ListQos> =>
  async ({ payload }) => {
    const { page, next } = await listByName(qos.documents, payload);
    return { ok: true, reply: { items: page.map(qosView), next } };
  };
