import { z } from 'zod';
import { EntityId } from './ids.ts';
import { MacAddress } from './mac.ts';
import { PciAddress } from './pci.ts';

/** A device above a netdev, by its kind: what makes a VF's netdev used by the host itself. */
export const UpperDevice = z.object({
  name: z.string(),
  kind: z.enum(['bridge', 'bond', 'vlan', 'macvtap', 'macvlan', 'other']),
});
export type UpperDevice = z.infer<typeof UpperDevice>;

/** A netdev of the host's root network namespace. `speed` in Mbit/s, null when the driver does not say. */
export const NicReport = z.object({
  name: z.string().min(1).max(15),
  mac: MacAddress.nullable(),
  mtu: z.int().nonnegative(),
  speed: z.int().nullable(),
  carrier: z.boolean().nullable(),
  kind: z.enum(['physical', 'bond', 'vlan', 'bridge', 'macvtap', 'macvlan', 'representor', 'other']),
  pciAddress: PciAddress.nullable(),
  /** In switchdev mode: the VF whose traffic comes out of this netdev. */
  representorOf: z.object({ pfAddress: PciAddress, vfIndex: z.int().nonnegative() }).nullable().default(null),
  /** The most its driver takes as MTU; null when it does not say. */
  maxMtu: z.int().positive().nullable().default(null),
  /** Other names udev gave it. */
  altNames: z.array(z.string()).default([]),
  /** The bond or bridge this netdev is a member of. */
  master: z.string().nullable(),
  uppers: z.array(UpperDevice),
  /** With prefix length, as `ip addr` shows them: `192.0.2.10/24`. */
  addresses: z.array(z.string()),
  vlanId: z.int().nullable(),
});
export type NicReport = z.infer<typeof NicReport>;

/**
 * What only the host can see of a VF's use. `vfio.open` is `unreadable` when the holders of the group could not be
 * read: such a VF counts as in use. `netns: 'moved'` is a VF bound to a network driver whose `net/` is empty.
 */
export const VfReport = z.object({
  pciAddress: PciAddress,
  pfAddress: PciAddress,
  index: z.int().nonnegative(),
  driver: z.string().nullable(),
  vfio: z.object({ open: z.enum(['yes', 'no', 'unreadable']), holder: z.string().nullable() }).nullable(),
  netns: z.enum(['here', 'moved', 'none']),
});
export type VfReport = z.infer<typeof VfReport>;

/** Vendor, device and permanent MAC: what tells one card from another when cards have moved. */
export const PfIdentity = z.object({ vendorId: z.string(), deviceId: z.string(), mac: MacAddress.nullable() });
export type PfIdentity = z.infer<typeof PfIdentity>;

/** Why a change failed: `code` for machines (an errno, or the agent's own word), cause and remedy for people. */
export const ChangeFailure = z.object({ code: z.string(), cause: z.string(), remedy: z.string() });
export type ChangeFailure = z.infer<typeof ChangeFailure>;

/**
 * How a generation ended. `refused` wrote nothing (a VF was in use); `failed` tells what the PF holds now and, in the
 * failure's words, how the return to the last known good number went.
 */
export const Settlement = z.object({
  vfsConfigId: EntityId,
  generation: z.int().positive(),
  wanted: z.int().nonnegative(),
  /** The MTU that was wanted for the PF beside the number; null: left alone. */
  wantedMtu: z.int().positive().nullable().default(null),
  outcome: z.discriminatedUnion('result', [
    z.object({ result: z.literal('applied') }),
    z.object({ result: z.literal('refused'), failure: ChangeFailure }),
    z.object({ result: z.literal('failed'), failure: ChangeFailure }),
  ]),
  /** VFs that exist after it; null when the PF could not be read. */
  existing: z.int().nonnegative().nullable(),
});
export type Settlement = z.infer<typeof Settlement>;

/** A write that outlived its deadline and still runs. Nothing is written or read there until it ends. */
export const StuckChange = z.object({ since: z.iso.datetime(), from: z.int(), to: z.int(), holder: z.string() });
export type StuckChange = z.infer<typeof StuckChange>;

/** PCIe errors the kernel has counted of a device since it was found at boot (AER). */
export const PcieErrors = z.object({
  correctable: z.int().nonnegative(),
  nonFatal: z.int().nonnegative(),
  fatal: z.int().nonnegative(),
});
export type PcieErrors = z.infer<typeof PcieErrors>;

/** What shows whether a PF works; null is not told: no netdev, or a machine without AER. */
export const PfHealth = z.object({ carrier: z.boolean().nullable(), pcieErrors: PcieErrors.nullable() });
export type PfHealth = z.infer<typeof PfHealth>;

/** What the machine as a whole offers to guests; null is not told. */
export const Platform = z.object({
  kernel: z.string().nullable(),
  /** Whether interrupts of devices given to guests are remapped: without it vfio refuses, unless it is told otherwise. */
  interruptRemapping: z.boolean().nullable(),
  /** vfio_iommu_type1.allow_unsafe_interrupts */
  unsafeInterruptsAllowed: z.boolean().nullable(),
  /** An Intel chipset whose interrupt remapping is broken (8086:3403 - 3406 of certain revisions), as lspci names it. */
  brokenChipset: z.string().nullable(),
  /** What drives domains, as `libvirt 11.3.0`; null where nothing does. */
  hypervisor: z.string().nullable(),
});
export type Platform = z.infer<typeof Platform>;

/** A PF as its agent knows it. `persisted` is the number restored at boot; null means unmanaged and never touched. */
export const PfReport = z.object({
  pciAddress: PciAddress,
  driver: z.string().nullable(),
  firmware: z.string().nullable(),
  identity: PfIdentity,
  autoprobe: z.boolean(),
  health: PfHealth.default({ carrier: null, pcieErrors: null }),
  /** Whether the host has the driver of this card's VFs: without it, or autoprobe, new VFs get no netdevs. */
  vfDriverAvailable: z.boolean().default(true),
  persisted: z.int().nonnegative().nullable(),
  /** The MTU restored at boot with it; null: the PF's own is left alone. */
  persistedMtu: z.int().positive().nullable().default(null),
  settlement: Settlement.nullable(),
  changing: z.object({ generation: z.int().positive(), from: z.int(), to: z.int() }).nullable(),
  stuck: StuckChange.nullable(),
  /** VF properties that this driver and firmware were found to refuse. */
  unsupported: z
    .array(z.enum(['spoof_check', 'trust', 'link_state', 'min_tx_rate', 'max_tx_rate', 'vlan_qos', 'vlan_protocol']))
    .default([]),
  /** A persisted number kept from being applied, in words: another card at this address, a failed restore. */
  warning: z.string().nullable(),
});
export type PfReport = z.infer<typeof PfReport>;
