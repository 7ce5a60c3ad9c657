import { HostChanged } from '@vfleet/contracts/inventory';
import { type Fact, fact } from '@vfleet/documents/decide-and-put';
import type { z } from 'zod';

/** The fact that a host's ledger has changed, naming the nics to look at. */
export function hostChanged(
  hostId: string,
  change: z.infer<typeof HostChanged.payload>['change'],
  nics: readonly string[] = [],
): Fact {
  return fact(HostChanged, { hostId, change, nics: [...nics] });
}
