import { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { z } from 'zod';

/** An interface of a domain. `before` is what libvirt gives back at release; a VLAN only when it has set one. */
export const SimulatedInterface = z.object({
  vnicId: z.string().nullable(),
  guestPciAddress: z.string().nullable(),
  vf: z
    .object({
      pciAddress: PciAddress,
      before: z.object({ mac: z.string(), vlanId: z.int().nullable() }).nullable(),
    })
    .nullable(),
});
export type SimulatedInterface = z.infer<typeof SimulatedInterface>;

/** A domain of a simulated machine: a QEMU process, which lives on when libvirt, the agent or all of VFleet end. */
export const SimulatedDomain = z.object({
  name: z.string(),
  vmId: z.string().nullable(),
  placementId: z.string().nullable(),
  attempt: z.int().positive().nullable(),
  pid: z.int().positive(),
  state: z.enum(['paused', 'running']),
  interfaces: z.array(SimulatedInterface),
});
export type SimulatedDomain = z.infer<typeof SimulatedDomain>;

/** A domain on its way here. One that is not `isLive` was found in the memory: its move was cut off. */
export type Arrival = { from: string; domain: SimulatedDomain; isLive: boolean };
