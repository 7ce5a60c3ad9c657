import { z } from 'zod';

/** The listing as an agent makes it: `{ "<device name>": { "params": { … } } }`, the shape of hostdevListByCaps. */
export const HostDevListByCaps = z.record(z.string(), z.object({ params: z.record(z.string(), z.unknown()) }).loose());
export type HostDevListByCaps = z.infer<typeof HostDevListByCaps>;

/**
 * The listing as it is received. Nothing below the device names is looked at: a malformed device must become an error
 * that names device and field, not a message that cannot be read, with which the settlements in it would be lost.
 * Inventory's parser is the judge.
 */
export const ReceivedListing = z.record(z.string(), z.unknown());

/** One row of the host device table, as the API shows it. */
export const HostDevice = z.object({
  name: z.string(),
  capability: z.string(),
  parent: z.string().nullable(),
  driver: z.string().nullable(),
  vendor: z.string().nullable(),
  vendor_id: z.string().nullable(),
  product: z.string().nullable(),
  product_id: z.string().nullable(),
  pci_address: z.string().nullable(),
  iommu_group: z.string().nullable(),
  numa_node: z.int().nullable(),
  total_vfs: z.int().nullable(),
  physical_function: z.string().nullable(),
  interface: z.string().nullable(),
  assignable: z.boolean(),
  orphan: z.boolean(),
});
export type HostDevice = z.infer<typeof HostDevice>;
