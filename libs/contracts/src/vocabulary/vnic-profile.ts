import { z } from 'zod';
import { Description, EntityName, Named, Reference } from './ids.ts';

/**
 * Whether vNICs of a profile get a VF: never, always, or when one is free (else a virtio vNIC on the network's bridge).
 * An enum, so that a value can be added without breaking callers that know only the others.
 */
export const PassThrough = z.enum(['disabled', 'enabled', 'preferred']);
export type PassThrough = z.infer<typeof PassThrough>;

/** Rates in Mbit/s; 2^32 - 1 is the most the kernel takes. */
const Rate = z.int().min(1).max(4_294_967_295);

/** What is set on a VF beside MAC and VLAN; null leaves the driver's own. A link state `disable` would unlink the vNIC. */
export const VfProperties = z.object({
  spoof_check: z.boolean().nullable(),
  trust: z.boolean().nullable(),
  link_state: z.enum(['auto', 'enable']).nullable(),
  min_tx_rate: Rate.nullable(),
  max_tx_rate: Rate.nullable(),
  vlan_qos: z.int().min(0).max(7).nullable(),
  vlan_protocol: z.enum(['802.1Q', '802.1ad']).nullable(),
});
export type VfProperties = z.infer<typeof VfProperties>;

/** The properties of a VF that nothing was asked of. */
export const NO_VF_PROPERTIES: VfProperties = {
  spoof_check: null,
  trust: null,
  link_state: null,
  min_tx_rate: null,
  max_tx_rate: null,
  vlan_qos: null,
  vlan_protocol: null,
};

/** A vNIC profile as the API shows it: a network plus properties. */
export const VnicProfile = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  network: Named,
  pass_through: PassThrough,
  migratable: z.boolean(),
  failover: Named.nullable().describe('The profile that takes over while the vNIC has no VF.'),
  port_mirroring: z.boolean(),
  qos: Named.nullable(),
  network_filter: z.string().nullable(),
  vf: VfProperties.describe('Set on every VF of the profile; null leaves what the driver does.'),
});
export type VnicProfile = z.infer<typeof VnicProfile>;

const NetworkFilter = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, 'the name of a filter of libvirt');

/** What a caller may say of a new profile. `passthrough` is another name of `pass_through`. */
export const NewVnicProfile = z.object({
  name: EntityName,
  description: Description.optional(),
  network: Reference,
  pass_through: PassThrough.optional(),
  passthrough: PassThrough.optional().describe('Another name of `pass_through`; when both stand they must agree.'),
  migratable: z.boolean().optional(),
  failover: Reference.nullable().optional().describe('The profile that takes over while the vNIC has no VF.'),
  port_mirroring: z.boolean().optional(),
  qos: Reference.nullable().optional().describe('A QoS of the type vm_network.'),
  network_filter: NetworkFilter.nullable().optional(),
  vf: VfProperties.partial().optional().describe('Set on every VF of the profile; null leaves what the driver does.'),
});
export type NewVnicProfile = z.infer<typeof NewVnicProfile>;

/** A change of a profile; what is absent stays, null takes away. Its network cannot be changed. */
export const VnicProfileChange = NewVnicProfile.partial();
export type VnicProfileChange = z.infer<typeof VnicProfileChange>;
