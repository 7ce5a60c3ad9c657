import { z } from 'zod';
import { Named } from './ids.ts';
import { Refusal } from './problem.ts';
import { VmStatus } from './vm.ts';
import { VnicVf } from './vnic.ts';

export const OperationKind = z.enum(['start', 'stop', 'migrate', 'plug', 'unplug', 'upgrade']);
export type OperationKind = z.infer<typeof OperationKind>;

/** Something that takes time, from the request until it has ended. Its id is the one of the command that asked for it. */
export const Operation = z.object({
  id: z.string(),
  kind: OperationKind,
  vm: Named,
  state: z.enum(['open', 'done', 'failed']),
  step: z.string().describe('What is done now, or was done last, in words.'),
  host: Named.nullable(),
  started_at: z.string(),
  ended_at: z.string().nullable(),
  problems: z.array(Refusal).describe('Why it failed: every reason.'),
  notes: z.array(z.string()).describe('What did not go as it should on the way, such as hosts that were tried before.'),
});
export type Operation = z.infer<typeof Operation>;

/** Where a VM stands: what the scheduler adds to the VM's definition. `vnics` are its plugged ones. */
export const VmRuntime = z.object({
  vmId: z.string(),
  status: VmStatus,
  host: Named.nullable(),
  operation: z.string().nullable(),
  vnics: z.array(
    z.object({
      vnicId: z.string(),
      vf: VnicVf.nullable(),
      degraded: z.boolean(),
      guestPciAddress: z.string().nullable(),
    }),
  ),
});
export type VmRuntime = z.infer<typeof VmRuntime>;
