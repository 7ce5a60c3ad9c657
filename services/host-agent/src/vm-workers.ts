import type { VmWork } from './vm-run.ts';
import { type VmSurroundings, type VmWorker, vmWorker } from './vm-worker.ts';
import type { Cause } from './voice.ts';

/** The workers of a host, one for each VM: a guest that is slow keeps no other VM waiting. */
export type VmWorkers = {
  obey(work: VmWork, cause: Cause): Promise<void>;
  /** Ends everything an earlier process left open. */
  resumeAll(): Promise<void>;
  close(): Promise<void>;
};

export function vmWorkers(around: VmSurroundings): VmWorkers {
  const workers = new Map<string, VmWorker>();

  function workerOf(vm: { id: string; name: string }): VmWorker {
    const found = workers.get(vm.id) ?? vmWorker(vm, around, () => workers.delete(vm.id));
    workers.set(vm.id, found);
    return found;
  }

  return {
    obey: async (work, cause) => workerOf(work.vm).obey(work, cause),
    resumeAll: async () => {
      for (const vmId of await around.files.keptVms()) {
        const record = await around.files.vm(vmId).catch((error: unknown) => {
          around.log.error({ err: error, vmId }, 'what is kept of a virtual machine cannot be read');
          return null;
        });
        if (record && (record.open || record.state !== 'over')) workerOf(record.vm).resume();
      }
    },
    close: async () => {
      await Promise.all([...workers.values()].map((worker) => worker.close()));
    },
  };
}
