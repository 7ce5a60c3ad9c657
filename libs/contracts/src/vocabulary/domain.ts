import { z } from 'zod';
import { ClaimRef } from './claim.ts';
import { EntityId, Named } from './ids.ts';
import { PciAddress } from './pci.ts';
import { VnicInterface } from './vnic.ts';
import { VfProperties } from './vnic-profile.ts';

/** A network as an interface of a domain needs it. */
export const InterfaceNetwork = z.object({
  id: EntityId,
  name: z.string(),
  vlanId: z.int().nullable(),
  mtu: z.int(),
});

const Common = {
  vnic: Named,
  mac: z.string(),
  network: InterfaceNetwork.nullable(),
  linked: z.boolean(),
  bootOrder: z.int().nullable(),
  /** The address inside the guest, kept from the first attachment on; null lets the hypervisor choose. */
  guestPciAddress: z.string().nullable(),
};

/**
 * One interface of a domain: a VF that a claim reserves, with all that is set on it, or a device on the bridge of its
 * network. `failover` is the network whose virtio interface takes over while the VF is away.
 */
export const DomainInterface = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('vf'),
    ...Common,
    claim: ClaimRef,
    properties: VfProperties,
    failover: InterfaceNetwork.nullable(),
  }),
  z.object({ kind: z.literal('bridge'), ...Common, model: VnicInterface.exclude(['pci_passthrough']) }),
]);
export type DomainInterface = z.infer<typeof DomainInterface>;

/** A domain as its host's hypervisor shows it; `vmId` is null for one that VFleet did not start. */
export const DomainReport = z.object({
  name: z.string(),
  vmId: EntityId.nullable(),
  placementId: EntityId.nullable(),
  attempt: z.int().positive().nullable(),
  state: z.enum(['paused', 'running']),
  vfs: z.array(z.object({ pciAddress: PciAddress, vnicId: z.string().nullable() })),
});
export type DomainReport = z.infer<typeof DomainReport>;
