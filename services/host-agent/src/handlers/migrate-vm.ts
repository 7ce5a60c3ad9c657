import type { Reaction } from '@vfleet/bus/bus';
import type { MigrateVm } from '@vfleet/contracts/host-agent-vms';
import type { VmWorkers } from '../vm-workers.ts';

/** Hands the message to the worker of its VM. It is done when it is taken in, not when the work is. */
export const migrateVm =
  ({ vms }: { vms: Pick<VmWorkers, 'obey'> }): Reaction<typeof MigrateVm> =>
  async (message) =>
    vms.obey({ kind: 'migrate', ...message.payload }, message);
