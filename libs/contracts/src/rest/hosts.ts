import { z } from 'zod';
import { AddHost, GetHost, ListHosts, RefreshHost, RemoveHost, UpdateHost } from '../inventory.ts';
import { ConfirmPoweredOff } from '../inventory-claims.ts';
import { EnrolHost } from '../inventory-enrolment.ts';
import { SetMaintenance } from '../inventory-plan.ts';
import { AddedHost, Enrolment } from '../vocabulary/enrolment.ts';
import { Host } from '../vocabulary/host.ts';
import { EntityId, EntityName, EntityRef, Reference, refOf } from '../vocabulary/ids.ts';
import { listOf, PageQuery } from './page.ts';
import { askRoute, nothing, resource } from './route.ts';

const OnHost = z.object({ host: EntityRef.describe('Id or name of the host; an id wins.') });
const host = resource('Host', 'host', Host);

/** The claims of a host that ended with it. */
const ReleasedClaims = z.object({
  claims: z.array(z.object({ id: z.string(), pci_address: z.string(), fence: z.int() })),
});

export const hostRoutes = {
  listHosts: askRoute({
    method: 'GET',
    path: '/api/hosts',
    tag: 'hosts',
    summary: 'List the hosts',
    params: z.object({}),
    query: PageQuery,
    contract: ListHosts,
    toRequest: ({ query }) => query,
    toAnswer: (page) => ({ resource: page }),
    answer: listOf('HostList', 'hosts', 'host', Host),
  }),
  addHost: askRoute({
    method: 'POST',
    path: '/api/hosts',
    tag: 'hosts',
    summary: 'Add a host',
    description:
      'Without an `id` one is made; sent again with the same `Idempotency-Key`, the same one. The answer holds the credentials of its agent, once: they are kept nowhere.',
    params: z.object({}),
    body: z.object({ name: EntityName, id: EntityId.optional(), cluster: Reference.optional() }),
    contract: AddHost,
    toRequest: ({ body, newEntityId }) => ({
      hostId: body.id ?? newEntityId,
      name: body.name,
      cluster: body.cluster && refOf(body.cluster),
      enrol: true,
    }),
    toAnswer: (added) => ({ resource: added }),
    answer: resource('AddedHost', 'host', AddedHost),
    locationOf: ({ id }) => `/api/hosts/${id}`,
  }),
  getHost: askRoute({
    method: 'GET',
    path: '/api/hosts/{host}',
    tag: 'hosts',
    summary: 'Show a host',
    params: OnHost,
    contract: GetHost,
    toRequest: ({ params }) => params,
    toAnswer: (read) => read,
    answer: host,
  }),
  updateHost: askRoute({
    method: 'PUT',
    path: '/api/hosts/{host}',
    tag: 'hosts',
    summary: 'Rename a host, or move it to another cluster',
    params: OnHost,
    body: z.object({ name: EntityName.optional(), cluster: Reference.optional() }),
    contract: UpdateHost,
    toRequest: ({ params, body: { name, cluster }, ifVersion }) => ({
      ...params,
      name,
      cluster: cluster && refOf(cluster),
      ifVersion,
    }),
    toAnswer: (updated) => ({ resource: updated }),
    answer: host,
    ifMatch: true,
  }),
  removeHost: askRoute({
    method: 'DELETE',
    path: '/api/hosts/{host}',
    tag: 'hosts',
    summary: 'Remove a host from the product',
    description: 'Nothing is changed on the host itself. Refused while one of its virtual functions is in use.',
    params: OnHost,
    contract: RemoveHost,
    toRequest: ({ params, ifVersion }) => ({ ...params, ifVersion }),
    toAnswer: () => ({ resource: undefined }),
    answer: nothing,
    ifMatch: true,
  }),
  enrolHost: askRoute({
    method: 'POST',
    path: '/api/hosts/{host}/enrolment',
    tag: 'hosts',
    summary: 'Make new credentials for the agent of a host',
    description:
      'They are told in this answer alone and kept nowhere. The earlier ones end, and with them the connection of an agent that uses them.',
    params: OnHost,
    contract: EnrolHost,
    toRequest: ({ params }) => params,
    toAnswer: (made) => ({ resource: made }),
    answer: resource('Enrolment', 'enrolment', Enrolment),
  }),
  refreshHost: askRoute({
    method: 'POST',
    path: '/api/hosts/{host}/refresh',
    tag: 'hosts',
    summary: 'Ask the host for a full report of its devices',
    description:
      'Answers when the host was asked; the report follows, and the event `inventory.host-changed` tells of it.',
    params: OnHost,
    contract: RefreshHost,
    toRequest: ({ params }) => params,
    toAnswer: (asked) => ({ resource: asked }),
    answer: host,
  }),
  startMaintenance: askRoute({
    method: 'POST',
    path: '/api/hosts/{host}/maintenance',
    tag: 'hosts',
    summary: 'Keep a host out of scheduling',
    description: 'No virtual machine is started on it or moved to it any more. Those that run there go on.',
    params: OnHost,
    contract: SetMaintenance,
    toRequest: ({ params }) => ({ ...params, maintenance: true }),
    toAnswer: (set) => ({ resource: set }),
    answer: host,
  }),
  activateHost: askRoute({
    method: 'POST',
    path: '/api/hosts/{host}/activate',
    tag: 'hosts',
    summary: 'Give a host in maintenance back to scheduling',
    params: OnHost,
    contract: SetMaintenance,
    toRequest: ({ params }) => ({ ...params, maintenance: false }),
    toAnswer: (set) => ({ resource: set }),
    answer: host,
  }),
  confirmPoweredOff: askRoute({
    method: 'POST',
    path: '/api/hosts/{host}/confirm-powered-off',
    tag: 'hosts',
    summary: 'Confirm that a host that is down is powered off, and its virtual machines with it',
    description:
      'Ends every virtual machine that ran there, which can then be started elsewhere, and answers the claims of virtual functions that ended with it. Make sure of it first: one that still runs would then run twice.',
    params: OnHost,
    contract: ConfirmPoweredOff,
    toRequest: ({ params }) => params,
    toAnswer: ({ released }) => ({
      resource: {
        claims: released.map(({ claimId, pciAddress, fence }) => ({ id: claimId, pci_address: pciAddress, fence })),
      },
    }),
    answer: resource('ReleasedClaims', 'released_claims', ReleasedClaims),
  }),
};
