import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { Wanted } from './core/journal.ts';
import { type PfStanding, type PfWorker, pfWorker, type WorkerSurroundings } from './pf-worker.ts';
import type { Cause } from './voice.ts';

/** The workers of a host, one for each PF: changes of one PF follow one another, PFs are worked on side by side. */
export type PfWorkers = {
  wanted(wanted: Wanted, cause: Cause): Promise<void>;
  /** Goes on with every change an earlier process left open. */
  resumeAll(): Promise<void>;
  standingOf(address: PciAddress): PfStanding;
  close(): Promise<void>;
};

const UNTOUCHED: PfStanding = { changing: null, stuck: null, settlement: null };

export function pfWorkers(around: WorkerSurroundings): PfWorkers {
  const workers = new Map<PciAddress, PfWorker>();

  function workerOf(address: PciAddress): PfWorker {
    const found = workers.get(address) ?? pfWorker(address, around);
    workers.set(address, found);
    return found;
  }

  return {
    wanted: (wanted, cause) => workerOf(wanted.pciAddress).wanted(wanted, cause),
    resumeAll: async () => {
      for (const address of await around.files.openJournals()) workerOf(address).resume();
    },
    standingOf: (address) => workers.get(address)?.standing() ?? UNTOUCHED,
    close: async () => {
      await Promise.all([...workers.values()].map((worker) => worker.close()));
    },
  };
}
