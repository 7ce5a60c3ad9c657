import type { KnownNetwork } from '@vfleet/contracts/policy/networks';
import { EntityId, type Named } from '@vfleet/contracts/vocabulary/ids';
import { Label } from '@vfleet/contracts/vocabulary/label';
import {
  Mtu,
  type Network,
  type NetworkChange,
  NetworkRole,
  type NewNetwork,
  VlanId,
} from '@vfleet/contracts/vocabulary/network';
import { z } from 'zod';

/** A network as it is stored. `revision` rises with every change of it: its ETag, and the version a claim carries. */
export const StoredNetwork = z.object({
  id: EntityId,
  name: z.string(),
  revision: z.int().positive(),
  description: z.string(),
  vlanId: VlanId.nullable(),
  mtu: Mtu,
  label: Label.nullable(),
  portIsolation: z.boolean(),
  required: z.boolean(),
  roles: z.array(NetworkRole),
  /** The QoS of its host attachments. */
  qosId: EntityId.nullable(),
});
export type StoredNetwork = z.infer<typeof StoredNetwork>;

/** A new network: untagged, of MTU 1500, without label and roles unless told. */
export function newNetwork(id: string, fields: NewNetwork, qosId: string | null): StoredNetwork {
  const unless = { description: '', vlanId: null, mtu: 1500, label: null, portIsolation: false, required: false };
  return changedNetwork({ id, name: fields.name, revision: 1, ...unless, roles: [], qosId }, fields, qosId);
}

/** A network with other fields; those that are absent stay. `qosId` is the one it has then. */
export function changedNetwork(network: StoredNetwork, fields: NetworkChange, qosId: string | null): StoredNetwork {
  return {
    ...network,
    name: fields.name ?? network.name,
    description: fields.description ?? network.description,
    vlanId: fields.vlan_id === undefined ? network.vlanId : fields.vlan_id,
    mtu: fields.mtu ?? network.mtu,
    label: fields.label === undefined ? network.label : fields.label,
    portIsolation: fields.port_isolation ?? network.portIsolation,
    required: fields.required ?? network.required,
    roles: fields.roles ? folded(fields.roles) : network.roles,
    qosId,
  };
}

/** A network as callers see it; `qos` is that of its `qosId`, which may be gone since it was read. */
export function networkView(network: StoredNetwork, qos: Named | undefined): Network {
  const { id, name, description, vlanId, mtu, label, portIsolation, required, roles } = network;
  const shown = { id, name, description, vlan_id: vlanId, mtu, label, port_isolation: portIsolation, required, roles };
  return { ...shown, qos: qos ? { id: qos.id, name: qos.name } : null };
}

/** A network as followers know it. */
export function knownNetwork({ id, revision, name, label, mtu }: StoredNetwork): KnownNetwork {
  return { id, version: revision, name, label, mtu };
}

/** Roles are a set: each once, in one order. */
function folded(roles: readonly NetworkRole[]): NetworkRole[] {
  return NetworkRole.options.filter((role) => roles.includes(role));
}
