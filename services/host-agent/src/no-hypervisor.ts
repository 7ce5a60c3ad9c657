import { mayRunHere } from './domain-of-vm.ts';
import type { Host } from './host.ts';
import type { StateFiles } from './state-files.ts';
import type { TellOutcome } from './tell-outcome.ts';
import { DONE, failedOutcome } from './vm-run.ts';
import type { VmWorkers } from './vm-workers.ts';

/**
 * Answers for VMs on a machine whose hypervisor this agent does not drive: nothing is begun, and a stop is done unless a
 * record tells that the VM may run.
 */
export function withoutHypervisor(around: {
  files: Pick<StateFiles, 'vm'>;
  host: Pick<Host, 'bootId'>;
  tell: TellOutcome;
}): VmWorkers {
  return {
    obey: async (work, cause) => {
      const isDone = work.kind === 'stop' && !(await mayRunHere(around, work.vm.id));
      around.tell(work, isDone ? DONE : failedOutcome([{ kind: 'no-hypervisor' }]), cause);
    },
    resumeAll: async () => {},
    close: async () => {},
  };
}
