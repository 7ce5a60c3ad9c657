import { z } from 'zod';
import { EntityId, EntityName, Named, Reference } from './ids.ts';
import { Mtu } from './network.ts';
import { PciAddress } from './pci.ts';

/** What a VM sees of a vNIC: a VF itself, or a device that the host emulates. */
export const VnicInterface = z.enum(['pci_passthrough', 'virtio', 'e1000', 'e1000e', 'rtl8139']);
export type VnicInterface = z.infer<typeof VnicInterface>;

/** The VF a vNIC holds, its PF, the VLAN on it and the state of its claim. */
export const VnicVf = z.object({
  name: z.string(),
  pci_address: z.string(),
  physical_function: Named,
  vlan: z.int().nullable(),
  state: z.string(),
});

/** A vNIC as the API shows it. `vf` is null while it holds none. */
export const Vnic = z.object({
  id: z.string(),
  name: z.string(),
  interface: VnicInterface,
  vnic_profile: Named.nullable(),
  network: Named.nullable().describe('The network of its profile.'),
  mac: z.string(),
  plugged: z.boolean(),
  linked: z.boolean(),
  boot_order: z.int().nullable(),
  custom_mtu: z.int().nullable(),
  mac_spoofing: z.boolean(),
  pinned_vf: z.object({ host: z.object({ id: z.string() }), pci_address: z.string() }).nullable(),
  guest_pci_address: z.string().nullable().describe('Kept from the first start on; null before.'),
  vf: VnicVf.nullable().describe('The VF it holds; null while it holds none.'),
  degraded: z
    .boolean()
    .describe('Whether a preferred VF could not be had: it is a virtio interface on the bridge of its network now.'),
});
export type Vnic = z.infer<typeof Vnic>;

/** A MAC that a card of its own can have: not a group's, not all zero. Upper case and `-` are brought to one spelling. */
export const UnicastMac = z
  .string()
  .max(17)
  .toLowerCase()
  .overwrite((mac) => mac.replaceAll('-', ':'))
  .regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/, 'a MAC address looks like 52:54:00:12:34:56')
  .refine((mac) => !/^.[13579bdf]/.test(mac) && mac !== '00:00:00:00:00:00', 'a MAC address of one card, not a group');

/** What a caller may say of a new vNIC; virtio, plugged and linked unless told, its MAC from the pool. */
export const NewVnic = z.object({
  name: EntityName,
  interface: VnicInterface.optional(),
  vnic_profile: Reference.nullable().optional(),
  mac: UnicastMac.optional(),
  plugged: z.boolean().optional(),
  linked: z.boolean().optional(),
  boot_order: z.int().min(1).max(1000).nullable().optional(),
  custom_mtu: Mtu.nullable().optional(),
  mac_spoofing: z.boolean().optional(),
  pinned_vf: z
    .object({ host: z.object({ id: EntityId }), pci_address: PciAddress })
    .nullable()
    .optional()
    .describe('Only this VF will do: the host by id, the VF by its PCI address.'),
});
export type NewVnic = z.infer<typeof NewVnic>;

/** A change of a vNIC; what is absent stays, null takes away. */
export const VnicChange = NewVnic.partial();
export type VnicChange = z.infer<typeof VnicChange>;
