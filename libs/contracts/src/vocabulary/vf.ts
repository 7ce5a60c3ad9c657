import { z } from 'zod';
import { Named } from './ids.ts';

/**
 * The one state a VF is in: `free`; held by a claim (`reserved`, `attached`, `releasing`, `dirty`); `in_use` by what is no
 * claim of ours; `unavailable`, when nobody uses it and it cannot be given out.
 */
export const VfState = z.enum(['free', 'reserved', 'attached', 'releasing', 'dirty', 'in_use', 'unavailable']);
export type VfState = z.infer<typeof VfState>;

/** A virtual function as the API shows it, with every reason why it is not free. */
export const Vf = z.object({
  name: z.string(),
  pci_address: z.string(),
  index: z.int(),
  iommu_group: z.string().nullable(),
  driver: z.string().nullable(),
  free: z.boolean(),
  state: VfState.describe('The one state it is in.'),
  proof: z.string().describe('What shows that it is in this state.'),
  reasons: z.array(z.object({ code: z.string(), text: z.string() })),
  claim: z.object({ id: z.string(), vm: Named, vnic: Named, state: z.string() }).nullable(),
});
export type Vf = z.infer<typeof Vf>;
