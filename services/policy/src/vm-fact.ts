import type { PolicyChange } from '@vfleet/contracts/policy/entity';
import { VmChanged } from '@vfleet/contracts/policy/vms';
import { type Fact, fact } from '@vfleet/documents/decide-and-put';
import type { z } from 'zod';

/** A VM has changed, or one of its vNICs has. */
export function vmChanged(vmId: string, change: z.infer<typeof PolicyChange>): Fact {
  return fact(VmChanged, { vmId, change });
}
