import type { Reaction } from '@vfleet/bus/bus';
import type { VfsWanted } from '@vfleet/contracts/host-agent';
import type { PfWorkers } from '../pf-workers.ts';

/** Hands a wanted number to the worker of its PF. The message is done when it is judged, not when the work is. */
export const vfsWanted =
  ({ workers }: { workers: Pick<PfWorkers, 'wanted'> }): Reaction<typeof VfsWanted> =>
  (message) =>
    workers.wanted(message.payload, message);
