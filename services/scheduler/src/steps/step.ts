import type { ResolvedVm } from '@vfleet/contracts/policy/runs';
import type { Happening, HostAnswer } from '../core/happening.ts';
import type { Placement } from '../core/placement.ts';

/** What a step is done with. */
export type Doing = {
  placement: Placement;
  /** See happening.ts. It ends when a host is told. */
  isFresh: boolean;
  /** The answer of the host to the step of this state. */
  answer?: HostAnswer | undefined;
  /** The VM as policy told it in this state, its domain's XML with it. */
  resolved?: ResolvedVm | undefined;
};

/**
 * How a step came out: done, with what was learnt; told to hosts, which answer by events; something is awaited that may
 * have to be asked for again soon; or something happened that ends the state.
 */
export type StepResult =
  | { kind: 'done'; placement?: Placement; resolved?: ResolvedVm }
  | { kind: 'told' | 'waits'; placement?: Placement }
  | { kind: 'happened'; happening: Happening };

/** Does one step; idempotent. Throws when it cannot be told how it came out. */
export type Step = (doing: Doing) => Promise<StepResult>;
