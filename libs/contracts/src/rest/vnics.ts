import { z } from 'zod';
import { AddVnic, GetVnic, ListVnics, RemoveVnic, UpdateVnic } from '../policy/vms.ts';
import { EntityId, EntityRef } from '../vocabulary/ids.ts';
import { NewVnic, Vnic, VnicChange } from '../vocabulary/vnic.ts';
import { listOf, PageQuery } from './page.ts';
import { askRoute, nothing, resource } from './route.ts';
import { withVnicRuntime, withVnicsRuntimes } from './vm-runtime.ts';

const OnVm = z.object({ vm: EntityRef.describe('Id or name of the virtual machine; an id wins.') });
const OnVnic = OnVm.extend({ nic: EntityRef.describe('Id or name of the vNIC; an id wins.') });
const path = '/api/vms/{vm}/nics';
const vnic = resource('Vnic', 'vnic', Vnic);

export const vnicRoutes = {
  listVnics: askRoute({
    method: 'GET',
    path,
    tag: 'vms',
    summary: 'List the vNICs of a virtual machine, in the order of their names',
    params: OnVm,
    query: PageQuery,
    contract: ListVnics,
    toRequest: ({ params, query }) => ({ ...params, ...query }),
    toAnswer: (page) => ({ resource: page }),
    alongside: withVnicsRuntimes,
    answer: listOf('VnicList', 'vnics', 'vnic', Vnic),
  }),
  addVnic: askRoute({
    method: 'POST',
    path,
    tag: 'vms',
    summary: 'Add a vNIC to a virtual machine',
    description: 'Without a `mac` it gets one from the pool.',
    params: OnVm,
    body: NewVnic.extend({ id: EntityId.optional() }),
    contract: AddVnic,
    toRequest: ({ params, body: { id, ...fields }, newEntityId }) => ({ ...params, vnicId: id ?? newEntityId, fields }),
    toAnswer: (added) => ({ resource: added }),
    answer: vnic,
    locationOf: ({ id }, { vm }) => `/api/vms/${encodeURIComponent(vm)}/nics/${id}`,
  }),
  getVnic: askRoute({
    method: 'GET',
    path: `${path}/{nic}`,
    tag: 'vms',
    summary: 'Show a vNIC',
    params: OnVnic,
    contract: GetVnic,
    toRequest: ({ params: { vm, nic } }) => ({ vm, vnic: nic }),
    toAnswer: (read) => read,
    alongside: withVnicRuntime,
    answer: vnic,
  }),
  updateVnic: askRoute({
    method: 'PUT',
    path: `${path}/{nic}`,
    tag: 'vms',
    summary: 'Change a vNIC',
    description:
      'A field that is absent stays as it is; null takes away. A vNIC that is plugged into a running virtual machine cannot be changed.',
    params: OnVnic,
    body: VnicChange,
    contract: UpdateVnic,
    toRequest: ({ params: { vm, nic }, body, ifVersion }) => ({ vm, vnic: nic, fields: body, ifVersion }),
    toAnswer: (updated) => ({ resource: updated }),
    alongside: withVnicRuntime,
    answer: vnic,
    ifMatch: true,
  }),
  removeVnic: askRoute({
    method: 'DELETE',
    path: `${path}/{nic}`,
    tag: 'vms',
    summary: 'Remove a vNIC from a virtual machine',
    description: 'Refused while it is plugged into a running one.',
    params: OnVnic,
    contract: RemoveVnic,
    toRequest: ({ params: { vm, nic }, ifVersion }) => ({ vm, vnic: nic, ifVersion }),
    toAnswer: () => ({ resource: undefined }),
    answer: nothing,
    ifMatch: true,
  }),
};
