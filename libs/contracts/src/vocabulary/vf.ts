import { z } from 'zod';
import { Named } from './ids.ts';

/** A virtual function as the API shows it, with every reason why it is not free. */
export const Vf = z.object({
  name: z.string(),
  pci_address: z.string(),
  index: z.int(),
  iommu_group: z.string().nullable(),
  driver: z.string().nullable(),
  free: z.boolean(),
  reasons: z.array(z.object({ code: z.string(), text: z.string() })),
  claim: z.object({ id: z.string(), vm: Named, vnic: Named, state: z.string() }).nullable(),
});
export type Vf = z.infer<typeof Vf>;
