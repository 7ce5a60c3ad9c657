import { z } from 'zod';
import { Description, EntityName, Named, Reference } from './ids.ts';
import { Label } from './label.ts';

/** 0 means priority tagging and 4095 is reserved, though the kernel takes it. */
export const VlanId = z.int().min(1).max(4094);

/** In bytes, without the Ethernet header: what the kernel lets an Ethernet device have. */
export const Mtu = z.int().min(68).max(65_535);

/** What hosts use a network for beside VMs. A VF never serves these, and they never influence a VfsConfig. */
export const NetworkRole = z.enum(['management', 'display', 'migration']);
export type NetworkRole = z.infer<typeof NetworkRole>;

/** A logical network as the API shows it. `vlan_id` null is untagged; `qos` is the QoS of its host attachments. */
export const Network = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  vlan_id: z.int().nullable().describe('null is untagged.'),
  mtu: z.int().describe('In bytes, without the Ethernet header.'),
  label: z.string().nullable().describe('What brings it into every list that has this label.'),
  port_isolation: z.boolean(),
  required: z.boolean(),
  roles: z.array(NetworkRole).describe('What hosts use it for beside virtual machines.'),
  qos: Named.nullable().describe('The QoS of its host attachments.'),
});
export type Network = z.infer<typeof Network>;

/** What a caller may say of a new network; untagged, MTU 1500, no label and no roles unless told. */
export const NewNetwork = z.object({
  name: EntityName,
  description: Description.optional(),
  vlan_id: VlanId.nullable().optional().describe('1 to 4094; null for an untagged network.'),
  mtu: Mtu.optional(),
  label: Label.nullable().optional(),
  port_isolation: z.boolean().optional(),
  required: z.boolean().optional(),
  roles: z.array(NetworkRole).max(10).optional(),
  qos: Reference.nullable().optional().describe('A QoS of the type host_network.'),
});
export type NewNetwork = z.infer<typeof NewNetwork>;

/** A change of a network; what is absent stays, null takes away. */
export const NetworkChange = NewNetwork.partial();
export type NetworkChange = z.infer<typeof NetworkChange>;
