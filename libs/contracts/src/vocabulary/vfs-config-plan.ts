import { z } from 'zod';
import { Named } from './ids.ts';
import { Refusal } from './problem.ts';

/** What an update of a VfsConfig would do. */
export const VfsConfigPlan = z.object({
  token: z.string().describe('PUT it as `plan_token`: refused when the world has moved since.'),
  changes: z.boolean().describe('Whether anything would change.'),
  from: z.int().describe('Virtual functions that exist.'),
  to: z.int().describe('Virtual functions that would.'),
  mtu: z
    .object({ from: z.int().nullable(), to: z.int() })
    .nullable()
    .describe('The MTU the physical function has and the one it would get; null when its own stays.'),
  vms: z
    .array(Named.extend({ vnics: z.array(Named), state: z.string() }))
    .describe('Virtual machines that hold virtual functions of this physical function.'),
  lost_networks: z.array(Named).describe('Networks that could no longer be served by this physical function.'),
  gained_networks: z.array(Named),
  drain_steps: z.array(z.string()).describe('What has to be done first, in words.'),
  steps: z.array(z.string()).describe('What the host would do, in order.'),
  estimate_seconds: z.number().describe('By driver and count; 0 when the host does nothing.'),
  conflicts: z.array(Refusal).describe('Every rule that would refuse it now.'),
});
export type VfsConfigPlan = z.infer<typeof VfsConfigPlan>;
