import { z } from 'zod';
import { AllowedNetwork } from './allowed-network.ts';
import { VfsConfigHealth } from './health.ts';
import { EntityId } from './ids.ts';

export const VfsConfigState = z.enum(['unmanaged', 'ready', 'changing', 'failed', 'stuck', 'missing']);
export type VfsConfigState = z.infer<typeof VfsConfigState>;

/** The VfsConfig of a PF as the API shows it: what is wanted, what exists, and how far they are apart. */
export const VfsConfig = z.object({
  id: EntityId,
  max_num_of_vfs: z.int().nonnegative(),
  num_of_vfs: z.int().nonnegative(),
  existing_num_of_vfs: z.int().nonnegative(),
  /** The MTU wanted for the physical function; null: its own is left alone. */
  mtu: z.int().nullable(),
  existing_mtu: z.int().nullable(),
  /** The most its driver takes; null when it does not say. */
  max_mtu: z.int().nullable(),
  num_of_vfs_in_use: z.int().nonnegative(),
  num_of_free_vfs: z.int().nonnegative(),
  all_networks_allowed: z.boolean(),
  networks: z.array(AllowedNetwork),
  labels: z.array(z.string()),
  state: VfsConfigState,
  generation: z.int().nonnegative(),
  observed_generation: z.int().nonnegative(),
  progress: z.object({ step: z.string(), done: z.int(), total: z.int(), at: z.string() }).nullable(),
  last_error: z.object({ code: z.string(), cause: z.string(), remedy: z.string() }).nullable(),
  drift: z
    .object({ wanted: z.int(), existing: z.int(), since: z.string() })
    .nullable()
    .describe('Something else than VFleet changed the number: repair it, or adopt what exists.'),
  health: VfsConfigHealth,
  unsupported_properties: z
    .array(z.string())
    .describe('VF properties that its driver was found to refuse; VFs are not chosen for profiles that set them.'),
});
export type VfsConfig = z.infer<typeof VfsConfig>;
