import type { Happening } from './happening.ts';
import type { Placement } from './placement.ts';
import type { Transition } from './placement-table.ts';
import * as ending from './transitions/ending.ts';
import * as starting from './transitions/starting.ts';

type Transit = (placement: Placement, happening: never, given: { now: string }) => Placement;

/** The functions that the table names. */
export const TRANSITIONS: Partial<Record<Transition, Transit>> = {
  run: starting.run,
  'choose-again': starting.chooseAgain,
  'next-host': starting.nextHost,
  'start-on': starting.startOn,
  'fail-start': starting.failStart,
  stop: ending.stop,
  'end-with-vm': ending.endWithVm,
  'end-with-host': ending.endWithHost,
  release: ending.release,
  down: ending.down,
} satisfies Partial<
  Record<Transition, (placement: Placement, happening: Happening & never, given: { now: string }) => Placement>
>;
