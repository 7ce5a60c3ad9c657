import { z } from 'zod';

/**
 * A network that a VfsConfig allows or a nic carries, and its origin: `via_label` is the label that brings it in, null
 * when it was listed itself. A network is never both.
 */
export const AllowedNetwork = z.object({
  id: z.string(),
  name: z.string(),
  via_label: z.string().nullable().describe('The label that brings it in; null when it was listed itself.'),
});
export type AllowedNetwork = z.infer<typeof AllowedNetwork>;
