import { MacAddress } from '@vfleet/contracts/vocabulary/mac';
import { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { z } from 'zod';
import { Fault } from './faults.ts';
import { Hold } from './holds.ts';

/** Milliseconds of a driver for n VFs: creating `fixed + perVf n + perVfSquared n²`, removing `fixed + perVf n`. */
export const DriverTimes = z.object({
  create: z.object({ fixed: z.number(), perVf: z.number(), perVfSquared: z.number().default(0) }),
  remove: z.object({ fixed: z.number(), perVf: z.number() }),
  /** From a VF's link to its netdev. */
  netdev: z.number(),
});
export type DriverTimes = z.infer<typeof DriverTimes>;

/**
 * How a driver treats the settings of its VFs. `firstMac`: what is told of a VF on which none was set, its own or all
 * zero. `refuses`: the errno for a property, or for one value of it.
 */
export const VfTraits = z.object({
  firstMac: z.enum(['own', 'zero']),
  spoofCheck: z.boolean(),
  refuses: z.partialRecord(
    z.enum(['zeroMac', 'noVlan', '802.1ad', 'minTxRate', 'maxTxRate', 'spoofCheck', 'linkState', 'trust']),
    z.string().regex(/^E[A-Z]+$/),
  ),
  /** Rates are refused (EINVAL) while the PF has no carrier. */
  ratesNeedCarrier: z.boolean(),
  /** The errno for checking a VF that has no MAC, and for taking the MAC of a VF that is checked. */
  spoofCheckNeedsMac: z
    .string()
    .regex(/^E[A-Z]+$/)
    .optional(),
});
export type VfTraits = z.infer<typeof VfTraits>;

const Id = z.string().regex(/^0x[0-9a-f]{4}$/);
const Named = z.object({ id: Id, name: z.string() });
const NicName = z.string().min(1).max(11, 'leaves room for v<index> within the 15 characters of a netdev name');

/** One PF of a card: function `n` of its device. VFs lie at the PF's routing id + offset + n * stride. */
export const Port = z.object({
  nic: NicName,
  mac: MacAddress,
  offset: z.int().positive(),
  stride: z.int().positive(),
  /** VFs that exist when the machine is first seen; they are gone after a reboot like all others. */
  vfs: z.int().nonnegative().default(0),
  carrier: z.boolean().default(true),
  addresses: z.array(z.string()).default([]),
  /** Whether its netdev is up when the machine has booted. */
  up: z.boolean().default(true),
  /** More netdevs of the same PCI function, as an mlx4 has for its second port. */
  otherNics: z.array(z.object({ name: NicName, mac: MacAddress })).default([]),
  /** What else hangs below the function in the device tree, by capability: `scsi_host` of a converged card. */
  otherChildren: z.array(z.string()).default([]),
});
export type Port = z.infer<typeof Port>;

/** A network card. `iommu`: what shares a group; `vfs-share` is a card without ACS, `none` a host without an IOMMU. */
export const Card = z.object({
  address: PciAddress,
  bridge: PciAddress,
  driver: z.string(),
  vfDriver: z.string(),
  firmware: z.string().nullable().default(null),
  vendor: Named,
  product: Named,
  vfProduct: Named,
  totalVfs: z.int().nonnegative(),
  numaNode: z.int(),
  speed: z.int().nullable(),
  iommu: z.enum(['isolated', 'ports-share', 'vfs-share', 'none']).default('isolated'),
  autoprobe: z.boolean().default(true),
  vfDriverAvailable: z.boolean().default(true),
  /** Whether its switch is driven by the kernel: then every VF has a representor. */
  switchdev: z.boolean().default(false),
  /** Replaces the driver's own times. */
  times: DriverTimes.optional(),
  /** Replaces the driver's own. */
  vfTraits: VfTraits.optional(),
  ports: z.array(Port).min(1).max(4),
});
export type Card = z.infer<typeof Card>;

/** A machine: its cards, what befalls it, who holds its VFs at first, and how fast its time runs (0: no time at all). */
export const Scenario = z.object({
  product: z.string().default('Simulated host'),
  iommu: z.boolean().default(true),
  timeScale: z.number().nonnegative().default(1),
  cards: z.array(Card),
  /** A plain netdev without SR-IOV, as a host has for management. */
  plainNics: z
    .array(
      z.object({
        name: NicName,
        mac: MacAddress,
        address: PciAddress,
        driver: z.string(),
        vendor: Named,
        product: Named,
        speed: z.int().nullable(),
        addresses: z.array(z.string()).default([]),
      }),
    )
    .default([]),
  faults: z.array(Fault).default([]),
  holds: z.array(z.object({ vf: PciAddress, hold: Hold })).default([]),
  /** Domains that VFleet knows nothing of and that run at first, with VFs that exist then. */
  domains: z.array(z.object({ name: z.string(), vfs: z.array(PciAddress) })).default([]),
  /** PFs that are found at each other's address from the second boot on: their cards were moved. */
  swapsAtBoot: z.array(z.tuple([PciAddress, PciAddress])).default([]),
  /** Whether the machine is booted whenever a process takes it up again from its memory. */
  bootsAnew: z.boolean().default(false),
});
export type Scenario = z.infer<typeof Scenario>;
export type ScenarioInput = z.input<typeof Scenario>;
