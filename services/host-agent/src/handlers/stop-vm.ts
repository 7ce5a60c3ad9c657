import type { Reaction } from '@vfleet/bus/bus';
import type { StopVm } from '@vfleet/contracts/host-agent-vms';
import type { VmWorkers } from '../vm-workers.ts';

/** Hands the message to the worker of its VM. It is done when it is taken in, not when the work is. */
export const stopVm =
  ({ vms }: { vms: Pick<VmWorkers, 'obey'> }): Reaction<typeof StopVm> =>
  async (message) =>
    vms.obey({ kind: 'stop', ...message.payload }, message);
