import type { Reaction } from '@vfleet/bus/bus';
import type { StartVm } from '@vfleet/contracts/host-agent-vms';
import type { VmWorkers } from '../vm-workers.ts';

/** Hands the message to the worker of its VM. It is done when it is taken in, not when the work is. */
export const startVm =
  ({ vms }: { vms: Pick<VmWorkers, 'obey'> }): Reaction<typeof StartVm> =>
  async (message) =>
    vms.obey({ kind: 'start', ...message.payload }, message);
