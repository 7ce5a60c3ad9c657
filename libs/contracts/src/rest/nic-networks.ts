import { z } from 'zod';
import {
  AddNicLabel,
  AddNicNetwork,
  ListNicLabels,
  ListNicNetworks,
  RemoveNicLabel,
  RemoveNicNetwork,
} from '../inventory-networks.ts';
import { AllowedNetwork } from '../vocabulary/allowed-network.ts';
import { EntityRef, Reference, refOf } from '../vocabulary/ids.ts';
import { LabelResource } from '../vocabulary/label.ts';
import { listOf, PageQuery } from './page.ts';
import { askRoute, nothing, resource } from './route.ts';

const OnNic = z.object({
  host: EntityRef.describe('Id or name of the host; an id wins.'),
  nic: EntityRef.describe('Id or name of the interface.'),
});
const OnNetwork = OnNic.extend({ network: EntityRef.describe('Id or name of the network; an id wins.') });
const OnLabel = OnNic.extend({ label: EntityRef });
const path = '/api/hosts/{host}/nics/{nic}';
const network = resource('AllowedNetwork', 'network', AllowedNetwork);
const label = resource('Label', 'label', LabelResource);

export const nicNetworkRoutes = {
  listNicNetworks: askRoute({
    method: 'GET',
    path: `${path}/networks`,
    tag: 'nics',
    summary: 'List the networks of the interface itself, each with its origin',
    params: OnNic,
    query: PageQuery,
    contract: ListNicNetworks,
    toRequest: ({ params, query }) => ({ ...params, ...query }),
    toAnswer: (page) => ({ resource: page }),
    answer: listOf('AllowedNetworkList', 'networks', 'network', AllowedNetwork),
  }),
  addNicNetwork: askRoute({
    method: 'POST',
    path: `${path}/networks`,
    tag: 'nics',
    summary: 'Attach a network to the interface itself',
    params: OnNic,
    body: Reference,
    contract: AddNicNetwork,
    toRequest: ({ params, body }) => ({ ...params, network: refOf(body) }),
    toAnswer: (added) => ({ resource: added }),
    answer: network,
    locationOf: ({ id }, { host, nic }) =>
      `/api/hosts/${encodeURIComponent(host)}/nics/${encodeURIComponent(nic)}/networks/${encodeURIComponent(id)}`,
  }),
  removeNicNetwork: askRoute({
    method: 'DELETE',
    path: `${path}/networks/{network}`,
    tag: 'nics',
    summary: 'Detach a network from the interface itself',
    description: 'A network that a label brings in goes with the label alone.',
    params: OnNetwork,
    contract: RemoveNicNetwork,
    toRequest: ({ params }) => params,
    toAnswer: () => ({ resource: undefined }),
    answer: nothing,
  }),
  listNicLabels: askRoute({
    method: 'GET',
    path: `${path}/labels`,
    tag: 'nics',
    summary: 'List the labels of the interface itself',
    params: OnNic,
    query: PageQuery,
    contract: ListNicLabels,
    toRequest: ({ params, query }) => ({ ...params, ...query }),
    toAnswer: (page) => ({ resource: page }),
    answer: listOf('LabelList', 'labels', 'label', LabelResource),
  }),
  addNicLabel: askRoute({
    method: 'POST',
    path: `${path}/labels`,
    tag: 'nics',
    summary: 'Attach every network of a label to the interface itself',
    description: 'Networks that get or lose the label later are attached or detached with it.',
    params: OnNic,
    body: LabelResource,
    contract: AddNicLabel,
    toRequest: ({ params, body }) => ({ ...params, label: body.id }),
    toAnswer: (added) => ({ resource: added }),
    answer: label,
    locationOf: ({ id }, { host, nic }) =>
      `/api/hosts/${encodeURIComponent(host)}/nics/${encodeURIComponent(nic)}/labels/${id}`,
  }),
  removeNicLabel: askRoute({
    method: 'DELETE',
    path: `${path}/labels/{label}`,
    tag: 'nics',
    summary: 'Take a label off the interface itself',
    params: OnLabel,
    contract: RemoveNicLabel,
    toRequest: ({ params }) => params,
    toAnswer: () => ({ resource: undefined }),
    answer: nothing,
  }),
};
