import type { Settlement, StuckChange } from '@vfleet/contracts/vocabulary/host-report';
import type { Journal } from './core/journal.ts';
import type { PlannedPf } from './core/plan-num-vfs.ts';
import type { PfState } from './host.ts';
import type { HostAgentSettings } from './settings.ts';
import type { Stop, Walking } from './walk.ts';

/** A change on its way: what it walks with, and where it shows how it stands. */
export type Changing = Walking & {
  settings: HostAgentSettings;
  /** The journal as it is now, and the write that is stuck, if one is. */
  shows: (state: { journal: Journal; stuck: StuckChange | null }) => void;
};

/**
 * How work on a generation ended. `takeBack` is the journal to take it back with while its report is not confirmed,
 * null when nothing was written. `left-open`: unsettled, the journal stays. `waits-for-word`: what an earlier process
 * left is neither done nor to be undone until the generation is sent again or contact stays away.
 */
export type ChangeEnd =
  | { kind: 'settled'; settlement: Settlement; takeBack: Journal | null }
  | { kind: 'left-open'; by: Stop }
  | { kind: 'waits-for-word' };

/** What a plan must know of a PF as it was found, with its MTU. */
export function plannedPf(pf: PfState, mtu: number | null): PlannedPf {
  const { existing, totalVfs, driver, identity } = pf;
  return { existing, totalVfs, driver, identity, mtu, expectNetdevs: pf.autoprobe && pf.vfDriverAvailable };
}
