import type { Answer } from '@vfleet/bus/bus';
import type { ListNetworks } from '@vfleet/contracts/policy/networks';
import { networkView } from '../core/network.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { listByName } from '../reads/list-by-name.ts';
import { readNamed } from '../reads/read-named.ts';

export const listNetworks =
  ({ networks, qos }: Pick<OwnedCollections, 'networks' | 'qos'>): Answer<typeof ListNetworks> =>
  async ({ payload }) => {
    const { page, next } = await listByName(networks.documents, payload);
    const names = await readNamed(
      qos.documents,
      page.map(({ qosId }) => qosId),
    );
    const items = page.map((network) => networkView(network, names.get(network.qosId)));
    return { ok: true, reply: { items, next } };
  };
