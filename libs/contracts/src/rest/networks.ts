import { z } from 'zod';
import { AddNetwork, GetNetwork, ListNetworks, RemoveNetwork, UpdateNetwork } from '../policy/networks.ts';
import { EntityId, EntityRef } from '../vocabulary/ids.ts';
import { Network, NetworkChange, NewNetwork } from '../vocabulary/network.ts';
import { listOf, NamedPageQuery } from './page.ts';
import { askRoute, nothing, resource } from './route.ts';

const OnNetwork = z.object({ network: EntityRef.describe('Id or name of the network; an id wins.') });
const network = resource('Network', 'network', Network);

export const networkRoutes = {
  listNetworks: askRoute({
    method: 'GET',
    path: '/api/networks',
    tag: 'networks',
    summary: 'List the networks, in the order of their names',
    params: z.object({}),
    query: NamedPageQuery,
    contract: ListNetworks,
    toRequest: ({ query }) => query,
    toAnswer: (page) => ({ resource: page }),
    answer: listOf('NetworkList', 'networks', 'network', Network),
  }),
  addNetwork: askRoute({
    method: 'POST',
    path: '/api/networks',
    tag: 'networks',
    summary: 'Add a network',
    params: z.object({}),
    body: NewNetwork.extend({ id: EntityId.optional() }),
    contract: AddNetwork,
    toRequest: ({ body: { id, ...fields }, newEntityId }) => ({ networkId: id ?? newEntityId, fields }),
    toAnswer: (added) => ({ resource: added }),
    answer: network,
    locationOf: ({ id }) => `/api/networks/${id}`,
  }),
  getNetwork: askRoute({
    method: 'GET',
    path: '/api/networks/{network}',
    tag: 'networks',
    summary: 'Show a network',
    params: OnNetwork,
    contract: GetNetwork,
    toRequest: ({ params }) => params,
    toAnswer: (read) => read,
    answer: network,
  }),
  updateNetwork: askRoute({
    method: 'PUT',
    path: '/api/networks/{network}',
    tag: 'networks',
    summary: 'Change a network',
    description:
      'A field that is absent stays as it is; null takes away. vNICs that run take another VLAN or MTU at their next plug.',
    params: OnNetwork,
    body: NetworkChange,
    contract: UpdateNetwork,
    toRequest: ({ params, body, ifVersion }) => ({ ...params, fields: body, ifVersion }),
    toAnswer: (updated) => ({ resource: updated }),
    answer: network,
    ifMatch: true,
  }),
  removeNetwork: askRoute({
    method: 'DELETE',
    path: '/api/networks/{network}',
    tag: 'networks',
    summary: 'Remove a network',
    description: 'Refused while a vNIC profile uses it. It leaves the lists of every host.',
    params: OnNetwork,
    contract: RemoveNetwork,
    toRequest: ({ params, ifVersion }) => ({ ...params, ifVersion }),
    toAnswer: () => ({ resource: undefined }),
    answer: nothing,
    ifMatch: true,
  }),
};
