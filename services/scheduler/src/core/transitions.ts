import type { Happening } from './happening.ts';
import type { Placement } from './placement.ts';
import { down, endWithHost, endWithVm, release, stop } from './transitions/ending.ts';
import {
  chooseDestinationAgain,
  detachSource,
  failMigration,
  findVm,
  goTo,
  move,
  moved,
  replugged,
  repluggedWithout,
  replugSource,
  settledThere,
  settledThereWithout,
  withoutDestination,
} from './transitions/migrating.ts';
import {
  attachVf,
  chooseVfAgain,
  detachedPlug,
  endPlug,
  failPlug,
  keepPlug,
  plugged,
  plugWith,
  takePlugBack,
  unplugged,
} from './transitions/plugging.ts';
import { chooseAgain, failStart, nextHost, run, startOn } from './transitions/starting.ts';
import { tryAgain } from './transitions/try-again.ts';

/** What happenings make of a placement, by the names that the table calls them. */
export const TRANSITIONS = {
  run,
  'choose-again': chooseAgain,
  'next-host': nextHost,
  'start-on': startOn,
  'fail-start': failStart,
  stop,
  'end-with-vm': endWithVm,
  'end-with-host': endWithHost,
  release,
  down,
  plugged,
  'choose-vf-again': chooseVfAgain,
  'plug-with': plugWith,
  'fail-plug': failPlug,
  'take-plug-back': takePlugBack,
  'attach-vf': attachVf,
  'detached-plug': detachedPlug,
  'end-plug': endPlug,
  'keep-plug': keepPlug,
  unplugged,
  'choose-destination-again': chooseDestinationAgain,
  'go-to': goTo,
  'fail-migration': failMigration,
  'detach-source': detachSource,
  move,
  moved,
  'find-vm': findVm,
  'without-destination': withoutDestination,
  'settled-there': settledThere,
  'settled-there-without': settledThereWithout,
  'replug-source': replugSource,
  replugged,
  'replugged-without': repluggedWithout,
  'try-again': tryAgain,
} as const;

export type TransitionName = keyof typeof TRANSITIONS;
export type Transition = (placement: Placement, happening: Happening, given: { now: string }) => Placement;
