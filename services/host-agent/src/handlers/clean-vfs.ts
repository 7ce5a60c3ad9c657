import type { Reaction } from '@vfleet/bus/bus';
import type { CleanVfs } from '@vfleet/contracts/host-agent-vms';
import type { vfCleaner } from '../vf-cleaner.ts';

/** Has VFs given back. The message is done when it is taken in, not when they are clean. */
export const cleanVfs =
  ({ clean }: { clean: ReturnType<typeof vfCleaner> }): Reaction<typeof CleanVfs> =>
  async (message) =>
    void clean(message.payload.claims, message);
