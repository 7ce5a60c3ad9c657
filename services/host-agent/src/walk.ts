import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { FailureSeen } from './core/failure-causes.ts';
import type { Host } from './host.ts';
import type { HostAgentSettings } from './settings.ts';
import type { StateFiles } from './state-files.ts';

/** Why a walk ends before its last step though nothing failed. */
export type Stop = 'overtaken' | 'contact-lost' | 'closing';

/** A walk through a plan on one PF: what it does its steps with, what it tells, and what it asks between them. */
export type Walking = {
  address: PciAddress;
  host: Host;
  files: StateFiles;
  clock: Clock;
  log: Log;
  settings: Pick<HostAgentSettings, 'pollMs' | 'progressMs' | 'rebindMs'>;
  progress: (step: string, done: number, total: number) => void;
  stopped: () => Stop | null;
};

/** How a walk ended. `wrote`: the PF may differ from what it was, in its number of VFs or in its MTU. */
export type Walk =
  | { kind: 'done'; wrote: boolean }
  | { kind: 'failed'; failure: FailureSeen; wrote: boolean }
  | { kind: 'stuck'; wrote: boolean }
  | { kind: 'stopped'; by: Stop; wrote: boolean };

/** How one step of a walk ended. */
export type StepEnd =
  | { kind: 'done' }
  | { kind: 'failed'; failure: FailureSeen }
  | { kind: 'stuck' }
  | { kind: 'stopped'; by: Stop };

export const DONE: StepEnd = { kind: 'done' };

/** The end of a step that failed. */
export function failed(failure: FailureSeen): StepEnd {
  return { kind: 'failed', failure };
}
