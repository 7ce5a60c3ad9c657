import { z } from 'zod';
import type { Command } from '../define.ts';
import {
  GetOperation,
  MigrateVm,
  PlugVnic,
  RunVm,
  ScheduleVm,
  StopVm,
  UnplugVnic,
  UpgradeVnic,
} from '../scheduler/runs.ts';
import { EntityRef, Reference, refOf } from '../vocabulary/ids.ts';
import { Operation } from '../vocabulary/operation.ts';
import { Schedule } from '../vocabulary/schedule.ts';
import { Vm } from '../vocabulary/vm.ts';
import { type AskRoute, askRoute, type RouteInput, resource } from './route.ts';

const OnVm = z.object({ vm: EntityRef.describe('Id or name of the virtual machine; an id wins.') });
const OnVnic = OnVm.extend({ nic: EntityRef.describe('Id or name of the vNIC; an id wins.') });
const operation = resource('Operation', 'operation', Operation);
const vm = resource('Vm', 'vm', Vm);
const hostOf = (body: { host?: Reference | undefined }) => body.host && refOf(body.host);

export const operationRoutes = {
  startVm: begins({
    path: '/api/vms/{vm}/start',
    summary: 'Start a virtual machine',
    description:
      'On the best host of its cluster, or on `host`. A host that fails to start it is cleaned and the next one tried; when none is left every reason is told.',
    params: OnVm,
    body: z.object({ host: Reference.optional().describe('Only this host will do.') }),
    bodyAs: { name: 'VmStart', root: 'start', optional: true },
    contract: RunVm,
    toRequest: ({ params, body }) => ({ ...params, host: hostOf(body) }),
  }),
  stopVm: begins({
    path: '/api/vms/{vm}/stop',
    summary: 'Stop a virtual machine',
    description: 'Its guest is asked to shut down, and stopped when it does not. A start under way is given up.',
    params: OnVm,
    body: z.object({ force: z.boolean().optional().describe('True stops it at once, without asking its guest.') }),
    bodyAs: { name: 'VmStop', root: 'stop', optional: true },
    contract: StopVm,
    toRequest: ({ params, body: { force = false } }) => ({ ...params, force }),
  }),
  migrateVm: begins({
    path: '/api/vms/{vm}/migrate',
    summary: 'Move a running virtual machine to another host',
    description:
      'To the best other host, or to `host`. Virtual functions are claimed there before any is unplugged here; when the move fails they are plugged back.',
    params: OnVm,
    body: z.object({ host: Reference.optional().describe('Only this host will do.') }),
    bodyAs: { name: 'VmMigration', root: 'migrate', optional: true },
    contract: MigrateVm,
    toRequest: ({ params, body }) => ({ ...params, host: hostOf(body) }),
  }),
  activateVnic: begins({
    path: '/api/vms/{vm}/nics/{nic}/activate',
    summary: 'Plug a vNIC in',
    description:
      'Into the running virtual machine, with a virtual function of its host where the vNIC needs one. While the virtual machine is down it is only noted.',
    params: OnVnic,
    contract: PlugVnic,
    toRequest: ({ params }) => onVnic(params),
  }),
  deactivateVnic: begins({
    path: '/api/vms/{vm}/nics/{nic}/deactivate',
    summary: 'Take a vNIC out',
    description:
      'Waits, within bounds, until the guest lets go of it. A guest that does not keeps it, and the answer says so.',
    params: OnVnic,
    contract: UnplugVnic,
    toRequest: ({ params }) => onVnic(params),
  }),
  upgradeVnic: begins({
    path: '/api/vms/{vm}/nics/{nic}/upgrade',
    summary: 'Give a degraded vNIC a virtual function',
    description: 'For a preferred vNIC that runs on the bridge of its network because none was free.',
    params: OnVnic,
    contract: UpgradeVnic,
    toRequest: ({ params }) => onVnic(params),
  }),
  scheduleVm: askRoute({
    method: 'POST',
    path: '/api/vms/{vm}/schedule',
    tag: 'vms',
    summary: 'Tell which hosts fit a virtual machine, and why the others do not',
    description: 'Changes nothing. Of many hosts that do not fit, the closest and how many have which reason.',
    params: OnVm,
    query: z.object({
      limit: z.int().min(1).max(100).default(10).describe('How many of the hosts that fit are told.'),
    }),
    contract: ScheduleVm,
    toRequest: ({ params, query }) => ({ ...params, ...query }),
    toAnswer: (schedule) => ({ resource: schedule }),
    answer: resource('Schedule', 'schedule', Schedule),
    dryRun: true,
  }),
  getOperation: askRoute({
    method: 'GET',
    path: '/api/operations/{operation}',
    tag: 'vms',
    summary: 'Show how an operation stands, or ended',
    params: z.object({
      operation: z
        .string()
        .regex(/^[\x21-\x7e]{1,200}$/, 'visible ASCII, at most 200 characters')
        .describe('Its id, as the 202 that began it gives it.'),
    }),
    contract: GetOperation,
    toRequest: ({ params }) => ({ operationId: params.operation }),
    toAnswer: (read) => ({ resource: read }),
    answer: operation,
  }),
};

/** Where an operation is shown. */
export function operationPath(id: string): string {
  return `/api/operations/${encodeURIComponent(id)}`;
}

/** Declares a route that begins an operation: 200 with the VM once it is done, 202 with the operation before. */
function begins<
  Params extends z.ZodObject,
  Request,
  Body extends z.ZodObject = z.ZodObject<Record<never, never>>,
>(row: {
  path: `/${string}`;
  summary: string;
  description: string;
  params: Params;
  body?: Body;
  bodyAs?: { name: string; root: string; optional: boolean };
  contract: Command<Request, Operation>;
  toRequest: (input: RouteInput<z.output<Params>, unknown, z.output<Body>>) => Request;
}): AskRoute<Params, z.ZodObject<Record<never, never>>, Body, typeof Vm, typeof Operation> {
  const declared = askRoute({
    ...row,
    method: 'POST',
    tag: 'vms',
    toAnswer: (begun: Operation) => ({ resource: begun }),
    answer: operation,
    waitsFor: 'operation',
  });
  return { ...declared, answer: vm, whileOpen: operation };
}

function onVnic({ vm: ref, nic }: { vm: string; nic: string }) {
  return { vm: ref, vnic: nic };
}
