import type { Reaction } from '@vfleet/bus/bus';
import type { AttachVnics } from '@vfleet/contracts/host-agent-vms';
import type { VmWorkers } from '../vm-workers.ts';

/** Hands the message to the worker of its VM. It is done when it is taken in, not when the work is. */
export const attachVnics =
  ({ vms }: { vms: Pick<VmWorkers, 'obey'> }): Reaction<typeof AttachVnics> =>
  async (message) =>
    vms.obey({ kind: 'attach', ...message.payload }, message);
