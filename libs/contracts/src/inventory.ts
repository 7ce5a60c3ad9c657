import { z } from 'zod';
import { command, event, query } from './define.ts';
import { AddedHost } from './vocabulary/enrolment.ts';
import { Host } from './vocabulary/host.ts';
import { HostDevice } from './vocabulary/host-device.ts';
import { EntityId, EntityName, EntityRef } from './vocabulary/ids.ts';
import { Nic } from './vocabulary/nic.ts';
import { PageRequest, pageOf } from './vocabulary/page.ts';
import { VfsConfig } from './vocabulary/vfs-config.ts';

/** `host` is an id or a name; an id wins. */
const OnHost = z.object({ host: EntityRef });
const OnNic = OnHost.extend({ nic: EntityRef });
/** `vfsConfig` in a URL is the config's id or the word `vfsConfig`. */
const OnVfsConfig = OnNic.extend({ vfsConfig: EntityRef.default('vfsConfig') });
const byHost = ({ host }: { host: string }) => host;

/**
 * A host of no named cluster is of the cluster `Default`. With `enrol` its agent gets credentials, which are told in the
 * reply to the message that added the host and in no later one: a repeated one is answered without.
 */
export const AddHost = command('inventory.add-host', {
  request: z.object({
    hostId: EntityId,
    name: EntityName,
    cluster: EntityRef.optional(),
    enrol: z.boolean().optional(),
  }),
  reply: AddedHost,
  refusals: ['HOST_NAME_IN_USE', 'CLUSTER_NOT_EXIST', 'ID_ALREADY_USED'],
  keyOf: ({ hostId }) => hostId,
});

/** A host goes to another cluster only while none of its VFs is claimed. */
export const UpdateHost = command('inventory.update-host', {
  request: OnHost.extend({
    name: EntityName.optional(),
    cluster: EntityRef.optional(),
    ifVersion: z.int().positive().optional(),
  }),
  reply: Host,
  refusals: [
    'HOST_NOT_EXIST',
    'HOST_NAME_IN_USE',
    'CLUSTER_NOT_EXIST',
    'HOST_HAS_VFS_IN_USE',
    'HOST_RUNS_VMS',
    'PRECONDITION_FAILED',
  ],
  keyOf: byHost,
});

/** Removes a host from the ledger; nothing is done on the host. Refused while one of its VFs is in use. */
export const RemoveHost = command('inventory.remove-host', {
  request: OnHost.extend({ ifVersion: z.int().positive().optional() }),
  reply: z.object({}),
  refusals: ['HOST_NOT_EXIST', 'HOST_HAS_VFS_IN_USE', 'HOST_RUNS_VMS', 'HOST_IS_CHANGING', 'PRECONDITION_FAILED'],
  keyOf: byHost,
});

/** Asks the host's agent for a full report; the reply comes when it was asked, not when the report is there. */
export const RefreshHost = command('inventory.refresh-host', {
  request: OnHost,
  reply: Host,
  refusals: ['HOST_NOT_EXIST', 'HOST_UNREACHABLE'],
  keyOf: byHost,
});

/**
 * Sets the number of VFs of a PF, the MTU of the PF itself (null: left alone) and whether all networks are allowed; an
 * absent field is unchanged.
 * The reply follows the durable write: its `generation` is the one to wait for.
 */
export const UpdateVfsConfig = command('inventory.update-vfs-config', {
  request: OnVfsConfig.extend({
    numOfVfs: z.int().optional(),
    mtu: z.int().nullable().optional(),
    allNetworksAllowed: z.boolean().optional(),
    /** Of a plan: refused when the world has moved since it was made. */
    planToken: z.string().max(200).optional(),
    ifVersion: z.int().positive().optional(),
  }),
  reply: VfsConfig,
  refusals: [
    'HOST_NOT_EXIST',
    'HOST_NETWORK_INTERFACE_NOT_EXIST',
    'VFS_CONFIG_NOT_EXIST',
    'ACTION_TYPE_FAILED_NIC_IS_NOT_SRIOV_ENABLED',
    'ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE',
    'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED',
    'ACTION_TYPE_FAILED_PF_MTU_NOT_IN_VALID_RANGE',
    'ACTION_TYPE_FAILED_PF_MTU_CANNOT_BE_CHANGED',
    'PF_STUCK',
    'PF_MISSING',
    'PRECONDITION_FAILED',
    'PLAN_IS_OUTDATED',
    'HOST_UNREACHABLE',
  ],
  keyOf: byHost,
});

/** Removes the VfsConfig of a PF that is missing from its host. */
export const RemoveVfsConfig = command('inventory.remove-vfs-config', {
  request: OnVfsConfig,
  reply: z.object({}),
  refusals: [
    'HOST_NOT_EXIST',
    'HOST_NETWORK_INTERFACE_NOT_EXIST',
    'VFS_CONFIG_NOT_EXIST',
    'PF_NOT_MISSING',
    'HOST_HAS_VFS_IN_USE',
  ],
  keyOf: byHost,
});

/** `version` rises with every change an administrator makes of the resource, not with what a host reports: its ETag. */
const Versioned = <Noun extends z.ZodType>(noun: Noun) => z.object({ resource: noun, version: z.int().positive() });

export const GetHost = query('inventory.get-host', {
  request: OnHost,
  reply: Versioned(Host),
  refusals: ['HOST_NOT_EXIST'],
  keyOf: byHost,
});

/** With `clusterId`, the hosts of that cluster. */
export const ListHosts = query('inventory.list-hosts', {
  request: PageRequest.extend({ clusterId: EntityId.optional() }),
  reply: pageOf(Host),
  refusals: [],
  keyOf: () => 'hosts',
});

export const ListNics = query('inventory.list-nics', {
  request: OnHost.extend(PageRequest.shape),
  reply: pageOf(Nic),
  refusals: ['HOST_NOT_EXIST'],
  keyOf: byHost,
});

export const GetNic = query('inventory.get-nic', {
  request: OnNic,
  reply: Versioned(Nic),
  refusals: ['HOST_NOT_EXIST', 'HOST_NETWORK_INTERFACE_NOT_EXIST'],
  keyOf: byHost,
});

export const ListDevices = query('inventory.list-devices', {
  request: OnHost.extend(PageRequest.shape),
  reply: pageOf(HostDevice),
  refusals: ['HOST_NOT_EXIST'],
  keyOf: byHost,
});

/**
 * How the generation a caller waits for ended: still open, settled with an outcome, or overtaken by a newer one
 * before it was settled. The last eight settlements of a VfsConfig are remembered.
 */
export const GenerationOutcome = z.discriminatedUnion('state', [
  z.object({ state: z.literal('open') }),
  z.object({ state: z.literal('applied') }),
  z.object({ state: z.literal('superseded'), by: z.int() }),
  z.object({ state: z.literal('refused'), code: z.string(), cause: z.string(), remedy: z.string() }),
  z.object({
    state: z.literal('failed'),
    code: z.string(),
    cause: z.string(),
    remedy: z.string(),
    existing: z.int().nullable(),
  }),
]);
export type GenerationOutcome = z.infer<typeof GenerationOutcome>;

/** Reads a VfsConfig; with `generation`, also how that generation ended. */
export const GetVfsConfig = query('inventory.get-vfs-config', {
  request: OnVfsConfig.extend({ generation: z.int().positive().optional() }),
  reply: Versioned(VfsConfig).extend({ outcome: GenerationOutcome.nullable() }),
  refusals: [
    'HOST_NOT_EXIST',
    'HOST_NETWORK_INTERFACE_NOT_EXIST',
    'VFS_CONFIG_NOT_EXIST',
    'ACTION_TYPE_FAILED_NIC_IS_NOT_SRIOV_ENABLED',
  ],
  keyOf: byHost,
});

/** The ledger of a host has changed; the envelope's version is the document's. A hint to read again. */
export const HostChanged = event('inventory.host-changed', {
  payload: z.object({
    hostId: EntityId,
    change: z.enum([
      'added',
      'updated',
      'removed',
      'reported',
      'vfs-wanted',
      'progressed',
      'status',
      'vfs-config-removed',
      'networks',
      'claims',
    ]),
    nics: z.array(z.string()),
  }),
  keyOf: ({ hostId }) => hostId,
  followers: ['gateway', 'scheduler'],
});
