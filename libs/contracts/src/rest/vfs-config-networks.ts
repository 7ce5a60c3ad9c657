import { z } from 'zod';
import {
  AddVfsConfigLabel,
  AddVfsConfigNetwork,
  ListVfsConfigLabels,
  ListVfsConfigNetworks,
  RemoveVfsConfigLabel,
  RemoveVfsConfigNetwork,
} from '../inventory-networks.ts';
import { AllowedNetwork } from '../vocabulary/allowed-network.ts';
import { EntityRef, Reference, refOf } from '../vocabulary/ids.ts';
import { LabelResource } from '../vocabulary/label.ts';
import { listOf, PageQuery } from './page.ts';
import { askRoute, nothing, resource } from './route.ts';

const OnVfsConfig = z.object({
  host: EntityRef.describe('Id or name of the host; an id wins.'),
  nic: EntityRef.describe('Id or name of the interface.'),
  vfsConfig: EntityRef.describe('Id of the VFs configuration, or the word vfsConfig.'),
});
const OnNetwork = OnVfsConfig.extend({ network: EntityRef.describe('Id or name of the network; an id wins.') });
const OnLabel = OnVfsConfig.extend({ label: EntityRef });
const path = '/api/hosts/{host}/nics/{nic}/{vfsConfig}';
const network = resource('AllowedNetwork', 'network', AllowedNetwork);
const label = resource('Label', 'label', LabelResource);

export const vfsConfigNetworkRoutes = {
  listVfsConfigNetworks: askRoute({
    method: 'GET',
    path: `${path}/networks`,
    tag: 'vfs configs',
    summary: 'List the networks that the VFs of a physical function may serve, each with its origin',
    params: OnVfsConfig,
    query: PageQuery,
    contract: ListVfsConfigNetworks,
    toRequest: ({ params, query }) => ({ ...params, ...query }),
    toAnswer: (page) => ({ resource: page }),
    answer: listOf('AllowedNetworkList', 'networks', 'network', AllowedNetwork),
  }),
  addVfsConfigNetwork: askRoute({
    method: 'POST',
    path: `${path}/networks`,
    tag: 'vfs configs',
    summary: 'Allow a network on the VFs of a physical function',
    params: OnVfsConfig,
    body: Reference,
    contract: AddVfsConfigNetwork,
    toRequest: ({ params, body }) => ({ ...params, network: refOf(body) }),
    toAnswer: (added) => ({ resource: added }),
    answer: network,
    locationOf: ({ id }, { host, nic, vfsConfig }) =>
      `/api/hosts/${encodeURIComponent(host)}/nics/${encodeURIComponent(nic)}/${encodeURIComponent(vfsConfig)}/networks/${encodeURIComponent(id)}`,
  }),
  removeVfsConfigNetwork: askRoute({
    method: 'DELETE',
    path: `${path}/networks/{network}`,
    tag: 'vfs configs',
    summary: 'Take a network off the list of a VFs configuration',
    description: 'A network that a label brings in goes with the label alone.',
    params: OnNetwork,
    contract: RemoveVfsConfigNetwork,
    toRequest: ({ params }) => params,
    toAnswer: () => ({ resource: undefined }),
    answer: nothing,
  }),
  listVfsConfigLabels: askRoute({
    method: 'GET',
    path: `${path}/labels`,
    tag: 'vfs configs',
    summary: 'List the labels whose networks the VFs of a physical function may serve',
    params: OnVfsConfig,
    query: PageQuery,
    contract: ListVfsConfigLabels,
    toRequest: ({ params, query }) => ({ ...params, ...query }),
    toAnswer: (page) => ({ resource: page }),
    answer: listOf('LabelList', 'labels', 'label', LabelResource),
  }),
  addVfsConfigLabel: askRoute({
    method: 'POST',
    path: `${path}/labels`,
    tag: 'vfs configs',
    summary: 'Allow every network of a label on the VFs of a physical function',
    description: 'Networks that carry the label leave the list; removing the label does not bring them back.',
    params: OnVfsConfig,
    body: LabelResource,
    contract: AddVfsConfigLabel,
    toRequest: ({ params, body }) => ({ ...params, label: body.id }),
    toAnswer: (added) => ({ resource: added }),
    answer: label,
    locationOf: ({ id }, { host, nic, vfsConfig }) =>
      `/api/hosts/${encodeURIComponent(host)}/nics/${encodeURIComponent(nic)}/${encodeURIComponent(vfsConfig)}/labels/${id}`,
  }),
  removeVfsConfigLabel: askRoute({
    method: 'DELETE',
    path: `${path}/labels/{label}`,
    tag: 'vfs configs',
    summary: 'Take a label out of a VFs configuration',
    params: OnLabel,
    contract: RemoveVfsConfigLabel,
    toRequest: ({ params }) => params,
    toAnswer: () => ({ resource: undefined }),
    answer: nothing,
  }),
};
