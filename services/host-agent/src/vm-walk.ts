import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { VmFailureSeen } from './core/vm-failures.ts';
import type { VmRecord } from './core/vm-record.ts';
import type { FenceFloor } from './fence-floor.ts';
import type { Guests } from './guests.ts';
import type { Host } from './host.ts';
import type { KeyedLock } from './keyed-lock.ts';
import type { StateFiles } from './state-files.ts';

/** What steps on VFs and domains are done with. */
export type VfSurroundings = {
  guests: Guests;
  host: Host;
  files: StateFiles;
  clock: Clock;
  log: Log;
  floor: Pick<FenceFloor, 'known'>;
  /** One at a time works on a PF: commands of one PF follow one another. */
  pfLock: KeyedLock;
  /** Whether the number of VFs of a PF is being changed, or its write is stuck. */
  isPfChanging: (pf: PciAddress) => boolean;
  /** Something was found to be unsupported by a PF: worth telling. */
  supportLearnt: () => void;
  newId: () => string;
};

/** A walk through a plan for one VM. */
export type VmWalking = VfSurroundings & {
  vm: { id: string; name: string };
  keepRecord: (record: VmRecord) => Promise<void>;
  /** Why the walk is to end before its next step; null when it is not. */
  stopped: () => 'overtaken' | 'closing' | null;
  /** Aborts when a guest is to be waited for no longer. */
  hurry: AbortSignal;
};

/** How a walk, or a step of it, ended. */
export type VmWalk =
  | { kind: 'done' }
  | { kind: 'failed'; failures: VmFailureSeen[] }
  | { kind: 'stopped'; by: 'overtaken' | 'closing' };

export const STEP_DONE: VmWalk = { kind: 'done' };

/** The end of a step that failed; done when nothing did. */
export function endOf(failures: VmFailureSeen[]): VmWalk {
  return failures.length === 0 ? STEP_DONE : { kind: 'failed', failures };
}
