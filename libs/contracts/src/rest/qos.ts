import { z } from 'zod';
import { AddQos, GetQos, ListQos, RemoveQos, UpdateQos } from '../policy/qos.ts';
import { EntityId, EntityRef } from '../vocabulary/ids.ts';
import { NewQos, Qos, QosChange } from '../vocabulary/qos.ts';
import { listOf, NamedPageQuery } from './page.ts';
import { askRoute, nothing, resource } from './route.ts';

const OnQos = z.object({ qos: EntityRef.describe('Id or name of the QoS; an id wins.') });
const qos = resource('Qos', 'qos', Qos);

export const qosRoutes = {
  listQos: askRoute({
    method: 'GET',
    path: '/api/qos',
    tag: 'qos',
    summary: 'List the QoS, in the order of their names',
    params: z.object({}),
    query: NamedPageQuery,
    contract: ListQos,
    toRequest: ({ query }) => query,
    toAnswer: (page) => ({ resource: page }),
    answer: listOf('QosList', 'qos_list', 'qos', Qos),
  }),
  addQos: askRoute({
    method: 'POST',
    path: '/api/qos',
    tag: 'qos',
    summary: 'Add a QoS',
    params: z.object({}),
    body: NewQos.extend({ id: EntityId.optional() }),
    contract: AddQos,
    toRequest: ({ body: { id, ...fields }, newEntityId }) => ({ qosId: id ?? newEntityId, fields }),
    toAnswer: (added) => ({ resource: added }),
    answer: qos,
    locationOf: ({ id }) => `/api/qos/${id}`,
  }),
  getQos: askRoute({
    method: 'GET',
    path: '/api/qos/{qos}',
    tag: 'qos',
    summary: 'Show a QoS',
    params: OnQos,
    contract: GetQos,
    toRequest: ({ params }) => params,
    toAnswer: (read) => read,
    answer: qos,
  }),
  updateQos: askRoute({
    method: 'PUT',
    path: '/api/qos/{qos}',
    tag: 'qos',
    summary: 'Change a QoS',
    description: 'A field that is absent stays as it is; null takes away.',
    params: OnQos,
    body: QosChange,
    contract: UpdateQos,
    toRequest: ({ params, body, ifVersion }) => ({ ...params, fields: body, ifVersion }),
    toAnswer: (updated) => ({ resource: updated }),
    answer: qos,
    ifMatch: true,
  }),
  removeQos: askRoute({
    method: 'DELETE',
    path: '/api/qos/{qos}',
    tag: 'qos',
    summary: 'Remove a QoS',
    description: 'Refused while a network or a vNIC profile uses it.',
    params: OnQos,
    contract: RemoveQos,
    toRequest: ({ params, ifVersion }) => ({ ...params, ifVersion }),
    toAnswer: () => ({ resource: undefined }),
    answer: nothing,
    ifMatch: true,
  }),
};
