import type { Operation, VmRuntime } from '@vfleet/contracts/vocabulary/operation';
import type { HappeningKind } from './happening.ts';
import type { PlacementState } from './placement.ts';
import type { StepName } from './steps.ts';
import type { TransitionName } from './transitions.ts';

/**
 * Where a happening leads: into a transition of transitions.ts, or nowhere. `never`: no step of the state makes it.
 * `nothing`: what it tells is not awaited here, or may be of another time; what is awaited is asked for again.
 */
export type Cell = TransitionName | 'never' | 'nothing';

export type Row = {
  /** What the VM shows as. */
  status: VmRuntime['status'];
  /** In this order; the state is left when the last is done. */
  steps: readonly StepName[];
  /** What may be begun here; of what is not, the caller is told why. A stop is `stop-asked`. */
  takes?: readonly Exclude<Operation['kind'], 'stop'>[];
  on: Record<HappeningKind, Cell>;
};

/** Of steps that a state has not. */
const NEVER = {
  ...{ passed: 'never', 'vm-changed': 'never', 'vm-refused': 'never', 'claims-refused': 'never' },
  ...{ 'attach-refused': 'never', 'plug-refused': 'never', 'never-told': 'never', 'host-failed': 'never' },
  ...{ chosen: 'never', 'none-fits': 'never' },
} as const satisfies Partial<Record<HappeningKind, Cell>>;

/** Of a VM that is on no host, or is not known to be. */
const NOT_THERE = {
  ...NEVER,
  ...{ 'vm-gone': 'nothing', 'vm-there': 'nothing', 'host-lost': 'nothing', 'destination-lost': 'nothing' },
  'stop-asked': 'stop',
} as const satisfies Partial<Record<HappeningKind, Cell>>;

/** Of a VM that runs on its host, whatever is being done to it. */
const RUNS = {
  ...NEVER,
  ...{ 'vm-gone': 'end-with-vm', 'vm-there': 'nothing', 'host-lost': 'end-with-host', 'destination-lost': 'nothing' },
  'stop-asked': 'stop',
} as const satisfies Partial<Record<HappeningKind, Cell>>;

/** Every state, what is done in it, and where every happening leads. */
export const PLACEMENT_TABLE: Record<PlacementState, Row> = {
  down: {
    status: 'down',
    steps: [],
    takes: ['start', 'plug', 'unplug'],
    on: { ...NOT_THERE, overdue: 'nothing', 'stop-asked': 'nothing' },
  },

  // Starting: hosts are tried one after the other, each after the proof that the VM does not run on the one before.
  starting: {
    status: 'powering_up',
    steps: ['begin-run', 'claim', 'start', 'attach-claims'],
    on: {
      ...NOT_THERE,
      passed: 'run',
      'vm-changed': 'choose-again',
      'vm-refused': 'fail-start',
      'claims-refused': 'choose-again',
      'attach-refused': 'choose-again',
      'never-told': 'next-host',
      'host-failed': 'next-host',
      'host-lost': 'next-host',
      overdue: 'next-host',
    },
  },
  'quitting-host': {
    status: 'powering_up',
    steps: ['stop-hosts', 'choose-host'],
    on: { ...NOT_THERE, chosen: 'start-on', 'none-fits': 'fail-start', overdue: 'nothing' },
  },

  running: {
    status: 'up',
    steps: [],
    takes: ['plug', 'unplug', 'upgrade', 'migrate'],
    on: { ...RUNS, overdue: 'nothing' },
  },

  // Plugging and unplugging: the flag is set first and taken back last, when no claim is left.
  plugging: {
    status: 'up',
    steps: ['set-plugged', 'claim-plug', 'attach-plug', 'attach-plug-claim'],
    on: {
      ...RUNS,
      passed: 'plugged',
      'plug-refused': 'fail-plug',
      'claims-refused': 'choose-vf-again',
      'never-told': 'fail-plug',
      'host-failed': 'fail-plug',
      'attach-refused': 'take-plug-back',
      overdue: 'take-plug-back',
    },
  },
  'choosing-vf': {
    status: 'up',
    steps: ['choose-vf'],
    on: { ...RUNS, chosen: 'plug-with', 'none-fits': 'fail-plug', overdue: 'nothing' },
  },
  'detaching-degraded': {
    status: 'up',
    steps: ['claim-plug', 'detach-plug'],
    on: {
      ...RUNS,
      passed: 'attach-vf',
      'claims-refused': 'choose-vf-again',
      'never-told': 'fail-plug',
      'host-failed': 'fail-plug',
      overdue: 'nothing',
    },
  },
  'taking-back-plug': {
    status: 'up',
    steps: ['detach-plug'],
    on: { ...RUNS, passed: 'detached-plug', 'never-told': 'nothing', 'host-failed': 'try-again', overdue: 'nothing' },
  },
  'restoring-degraded': {
    status: 'up',
    steps: ['attach-degraded'],
    on: { ...RUNS, passed: 'end-plug', 'never-told': 'nothing', 'host-failed': 'end-plug', overdue: 'nothing' },
  },
  unplugging: {
    status: 'up',
    steps: ['detach-plug'],
    on: { ...RUNS, passed: 'detached-plug', 'never-told': 'keep-plug', 'host-failed': 'keep-plug', overdue: 'nothing' },
  },
  'releasing-unplugged': {
    status: 'up',
    steps: ['release-plug', 'set-unplugged'],
    on: { ...RUNS, passed: 'unplugged', overdue: 'nothing' },
  },

  // Migrating: the destination is claimed before anything is unplugged, and a failure plugs back at the source.
  'choosing-destination': {
    status: 'migrating',
    steps: ['choose-destination'],
    on: { ...RUNS, chosen: 'go-to', 'none-fits': 'fail-migration', overdue: 'nothing' },
  },
  'claiming-destination': {
    status: 'migrating',
    steps: ['claim-destination'],
    on: {
      ...RUNS,
      passed: 'detach-source',
      'claims-refused': 'choose-destination-again',
      'destination-lost': 'choose-destination-again',
      overdue: 'nothing',
    },
  },
  'detaching-source': {
    status: 'migrating',
    steps: ['detach-moving'],
    on: {
      ...RUNS,
      passed: 'move',
      'never-told': 'fail-migration',
      'host-failed': 'replug-source',
      'destination-lost': 'replug-source',
      overdue: 'nothing',
    },
  },
  moving: {
    status: 'migrating',
    steps: ['migrate'],
    // A source without the VM tells nothing: it has moved or is gone. The answer of the step tells which.
    on: {
      ...NOT_THERE,
      passed: 'moved',
      'never-told': 'replug-source',
      'host-failed': 'replug-source',
      'host-lost': 'find-vm',
      'destination-lost': 'without-destination',
      overdue: 'nothing',
    },
  },
  'finding-vm': {
    status: 'migrating',
    steps: ['find-vm'],
    on: {
      ...NOT_THERE,
      'vm-gone': 'end-with-vm',
      'vm-there': 'moved',
      'destination-lost': 'end-with-host',
      overdue: 'nothing',
    },
  },
  'attaching-destination': {
    status: 'migrating',
    steps: ['attach-moved', 'attach-claims'],
    on: {
      ...RUNS,
      passed: 'settled-there',
      'never-told': 'nothing',
      'host-failed': 'settled-there-without',
      'attach-refused': 'end-with-vm',
      overdue: 'nothing',
    },
  },
  'replugging-source': {
    status: 'migrating',
    steps: ['attach-back'],
    on: {
      ...RUNS,
      passed: 'replugged',
      'never-told': 'nothing',
      'host-failed': 'replugged-without',
      'destination-lost': 'without-destination',
      overdue: 'nothing',
    },
  },

  // Ending: every host proves that the VM is gone, then that what it held is clean.
  stopping: {
    status: 'powering_down',
    steps: ['stop-hosts'],
    on: { ...NOT_THERE, passed: 'release', overdue: 'nothing' },
  },
  releasing: {
    status: 'powering_down',
    steps: ['release-hosts', 'end-run'],
    on: { ...NOT_THERE, passed: 'down', overdue: 'nothing' },
  },
};
