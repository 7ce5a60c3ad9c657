import { z } from 'zod';
import { command, event, query } from '../define.ts';
import { EntityId, EntityRef } from '../vocabulary/ids.ts';
import { Network, NetworkChange, NewNetwork } from '../vocabulary/network.ts';
import { pageOf } from '../vocabulary/page.ts';
import { IfVersion, NamedPageRequest, PolicyChange, ReadRequest, readReply, versioned } from './entity.ts';

/** `network` is an id or a name; an id wins. */
const OnNetwork = z.object({ network: EntityRef });
const byNetwork = ({ network }: { network: string }) => network;

export const AddNetwork = command('policy.add-network', {
  request: z.object({ networkId: EntityId, fields: NewNetwork }),
  reply: Network,
  refusals: ['NETWORK_NAME_IN_USE', 'QOS_NOT_EXIST', 'QOS_TYPE_MISMATCH', 'ID_ALREADY_USED'],
  keyOf: ({ networkId }) => networkId,
});

/** A change of VLAN or MTU does not touch vNICs that run; they take it at their next plug. */
export const UpdateNetwork = command('policy.update-network', {
  request: OnNetwork.extend({ fields: NetworkChange }).extend(IfVersion.shape),
  reply: Network,
  refusals: [
    'ACTION_TYPE_FAILED_NETWORK_NOT_EXIST',
    'NETWORK_NAME_IN_USE',
    'QOS_NOT_EXIST',
    'QOS_TYPE_MISMATCH',
    'PASSTHROUGH_PROFILE_NOT_SUPPORTS_PORT_ISOLATION',
    'PRECONDITION_FAILED',
  ],
  keyOf: byNetwork,
});

/** Refused while a vNIC profile uses the network; it leaves the lists of every host. */
export const RemoveNetwork = command('policy.remove-network', {
  request: OnNetwork.extend(IfVersion.shape),
  reply: z.object({}),
  refusals: ['ACTION_TYPE_FAILED_NETWORK_NOT_EXIST', 'NETWORK_IN_USE', 'PRECONDITION_FAILED'],
  keyOf: byNetwork,
});

export const GetNetwork = query('policy.get-network', {
  request: OnNetwork,
  reply: versioned(Network),
  refusals: ['ACTION_TYPE_FAILED_NETWORK_NOT_EXIST'],
  keyOf: byNetwork,
});

export const ListNetworks = query('policy.list-networks', {
  request: NamedPageRequest,
  reply: pageOf(Network),
  refusals: [],
  keyOf: () => 'networks',
});

/** What other services need to know of a network. */
export const KnownNetwork = z.object({
  id: EntityId,
  version: z.int().positive(),
  name: z.string(),
  label: z.string().nullable(),
  mtu: z.int(),
});
export type KnownNetwork = z.infer<typeof KnownNetwork>;

export const ReadNetworks = query('policy.read-networks', {
  request: ReadRequest,
  reply: readReply(KnownNetwork),
  refusals: [],
  keyOf: () => 'networks',
});

/** A network has changed: a hint to read it again. */
export const NetworkChanged = event('policy.network-changed', {
  payload: z.object({ networkId: EntityId, change: PolicyChange }),
  keyOf: ({ networkId }) => networkId,
  followers: ['gateway', 'inventory'],
});
