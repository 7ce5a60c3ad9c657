import { z } from 'zod';

/**
 * The listing a host reports: `{ "<device name>": { "params": { … } } }`, the shape of hostdevListByCaps.
 * It is deliberately loose here: a device with a malformed field must become an error that names device and field,
 * not a message that cannot be read. Inventory's parser is the judge of the fields.
 */
export const HostDevListByCaps = z.record(z.string(), z.object({ params: z.record(z.string(), z.unknown()) }).loose());
export type HostDevListByCaps = z.infer<typeof HostDevListByCaps>;

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
