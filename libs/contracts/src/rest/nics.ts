import { z } from 'zod';
import { GetNic, ListDevices, ListNics } from '../inventory.ts';
import { HostDevice } from '../vocabulary/host-device.ts';
import { EntityRef } from '../vocabulary/ids.ts';
import { Nic } from '../vocabulary/nic.ts';
import { listOf, PageQuery } from './page.ts';
import { askRoute, resource } from './route.ts';

const OnHost = z.object({ host: EntityRef.describe('Id or name of the host; an id wins.') });

export const nicRoutes = {
  listNics: askRoute({
    method: 'GET',
    path: '/api/hosts/{host}/nics',
    tag: 'nics',
    summary: 'List the network interfaces of a host',
    params: OnHost,
    query: PageQuery,
    contract: ListNics,
    toRequest: ({ params, query }) => ({ ...params, ...query }),
    toAnswer: (page) => ({ resource: page }),
    answer: listOf('NicList', 'nics', 'nic', Nic),
  }),
  getNic: askRoute({
    method: 'GET',
    path: '/api/hosts/{host}/nics/{nic}',
    tag: 'nics',
    summary: 'Show a network interface of a host',
    description:
      'A physical function shows its VFs configuration, a virtual function its state and why it is not free.',
    params: OnHost.extend({ nic: EntityRef.describe('Id or name of the interface.') }),
    contract: GetNic,
    toRequest: ({ params }) => params,
    toAnswer: (read) => read,
    answer: resource('Nic', 'nic', Nic),
  }),
  listDevices: askRoute({
    method: 'GET',
    path: '/api/hosts/{host}/devices',
    tag: 'nics',
    summary: 'List the host device table',
    params: OnHost,
    query: PageQuery,
    contract: ListDevices,
    toRequest: ({ params, query }) => ({ ...params, ...query }),
    toAnswer: (page) => ({ resource: page }),
    answer: listOf('DeviceList', 'devices', 'device', HostDevice),
  }),
};
