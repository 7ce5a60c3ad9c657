import { z } from 'zod';
import { AddVm, GetVm, ListVms, RemoveVm, UpdateVm } from '../policy/vms.ts';
import { EntityId, EntityRef } from '../vocabulary/ids.ts';
import { NewVm, Vm, VmChange } from '../vocabulary/vm.ts';
import { listOf, NamedPageQuery } from './page.ts';
import { askRoute, nothing, resource } from './route.ts';
import { withChangedVmRuntime, withVmRuntime, withVmsRuntimes } from './vm-runtime.ts';

const OnVm = z.object({ vm: EntityRef.describe('Id or name of the virtual machine; an id wins.') });
const vm = resource('Vm', 'vm', Vm);

export const vmRoutes = {
  listVms: askRoute({
    method: 'GET',
    path: '/api/vms',
    tag: 'vms',
    summary: 'List the virtual machines, in the order of their names',
    params: z.object({}),
    query: NamedPageQuery,
    contract: ListVms,
    toRequest: ({ query }) => query,
    toAnswer: (page) => ({ resource: page }),
    alongside: withVmsRuntimes,
    answer: listOf('VmList', 'vms', 'vm', Vm),
  }),
  addVm: askRoute({
    method: 'POST',
    path: '/api/vms',
    tag: 'vms',
    summary: 'Add a virtual machine',
    params: z.object({}),
    body: NewVm.extend({ id: EntityId.optional() }),
    contract: AddVm,
    toRequest: ({ body: { id, ...fields }, newEntityId }) => ({ vmId: id ?? newEntityId, fields }),
    toAnswer: (added) => ({ resource: added }),
    answer: vm,
    locationOf: ({ id }) => `/api/vms/${id}`,
  }),
  getVm: askRoute({
    method: 'GET',
    path: '/api/vms/{vm}',
    tag: 'vms',
    summary: 'Show a virtual machine',
    params: OnVm,
    contract: GetVm,
    toRequest: ({ params }) => params,
    toAnswer: (read) => read,
    alongside: withVmRuntime,
    answer: vm,
  }),
  updateVm: askRoute({
    method: 'PUT',
    path: '/api/vms/{vm}',
    tag: 'vms',
    summary: 'Change a virtual machine',
    description: 'A field that is absent stays as it is; null takes away.',
    params: OnVm,
    body: VmChange,
    contract: UpdateVm,
    toRequest: ({ params, body, ifVersion }) => ({ ...params, fields: body, ifVersion }),
    toAnswer: (updated) => ({ resource: updated }),
    alongside: withChangedVmRuntime,
    answer: vm,
    ifMatch: true,
  }),
  removeVm: askRoute({
    method: 'DELETE',
    path: '/api/vms/{vm}',
    tag: 'vms',
    summary: 'Remove a virtual machine',
    description: 'Refused while it runs. Its vNICs go with it.',
    params: OnVm,
    contract: RemoveVm,
    toRequest: ({ params, ifVersion }) => ({ ...params, ifVersion }),
    toAnswer: () => ({ resource: undefined }),
    answer: nothing,
    ifMatch: true,
  }),
};
