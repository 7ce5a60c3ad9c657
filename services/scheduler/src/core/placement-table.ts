import type { Operation, VmRuntime } from '@vfleet/contracts/vocabulary/operation';
import type { HappeningKind } from './happening.ts';
import type { PlacementState } from './placement.ts';
import type { StepName } from './steps.ts';

type OperationKind = Operation['kind'];

/** Where a happening leads; each is a function of transitions.ts. */
export type Transition =
  /** It cannot happen here: no step makes it. */
  | 'never'
  /** It says nothing here: what it tells of is not awaited, or may be of another time. */
  | 'nothing'
  /** It goes on being awaited; the reason is kept for who looks. */
  | 'stay'
  | 'run'
  | 'choose-again'
  | 'next-host'
  | 'start-on'
  | 'fail-start'
  | 'stop'
  | 'end-with-vm'
  | 'end-with-host'
  | 'release'
  | 'down'
  | 'plugged'
  | 'choose-vf-again'
  | 'plug-with'
  | 'fail-plug'
  | 'take-plug-back'
  | 'attach-vf'
  | 'detached-plug'
  | 'end-plug'
  | 'keep-plug'
  | 'unplugged'
  | 'choose-destination-again'
  | 'go-to'
  | 'fail-migration'
  | 'detach-source'
  | 'move'
  | 'moved'
  | 'find-vm'
  | 'without-destination'
  | 'settled-there'
  | 'settled-there-without'
  | 'replug-source'
  | 'replugged'
  | 'replugged-without';

export type Row = {
  /** What the VM shows as. */
  status: VmRuntime['status'];
  /** In this order; the state is left when the last is done. */
  steps: readonly StepName[];
  /** What may be begun here; of what is not, the caller is told why. A stop is `stop-asked`. */
  takes: readonly Exclude<OperationKind, 'stop'>[];
  on: Record<HappeningKind, Transition>;
};

/** Of steps that a state has not. */
const NEVER = {
  passed: 'never',
  'vm-changed': 'never',
  'vm-refused': 'never',
  'claims-refused': 'never',
  'attach-refused': 'never',
  'plug-refused': 'never',
  'never-told': 'never',
  'host-failed': 'never',
  chosen: 'never',
  'none-fits': 'never',
} as const;

/** Of a VM that runs on its host, whatever is being done to it. */
const WHILE_IT_RUNS = {
  'vm-gone': 'end-with-vm',
  'vm-there': 'nothing',
  'host-lost': 'end-with-host',
  'stop-asked': 'stop',
} as const;

/** Of a migration whose destination is known. */
const WITHOUT_DESTINATION = { 'destination-lost': 'nothing' } as const;

/** Every state, what is done in it, and where every happening leads. */
export const PLACEMENT_TABLE: Record<PlacementState, Row> = {
  down: {
    status: 'down',
    steps: [],
    takes: ['start', 'plug', 'unplug'],
    on: {
      ...NEVER,
      'vm-gone': 'nothing',
      'vm-there': 'nothing',
      'host-lost': 'nothing',
      'destination-lost': 'nothing',
      overdue: 'nothing',
      'stop-asked': 'nothing',
    },
  },
  starting: {
    status: 'powering_up',
    steps: ['begin-run', 'claim', 'start', 'attach-claims'],
    takes: [],
    on: {
      ...NEVER,
      passed: 'run',
      'vm-changed': 'choose-again',
      'vm-refused': 'fail-start',
      'claims-refused': 'choose-again',
      'attach-refused': 'choose-again',
      'never-told': 'next-host',
      'host-failed': 'next-host',
      'vm-gone': 'nothing',
      'vm-there': 'nothing',
      'host-lost': 'next-host',
      'destination-lost': 'nothing',
      overdue: 'next-host',
      'stop-asked': 'stop',
    },
  },
  'quitting-host': {
    status: 'powering_up',
    steps: ['stop-hosts', 'choose-host'],
    takes: [],
    on: {
      ...NEVER,
      chosen: 'start-on',
      'none-fits': 'fail-start',
      'vm-gone': 'nothing',
      'vm-there': 'nothing',
      'host-lost': 'nothing',
      'destination-lost': 'nothing',
      overdue: 'nothing',
      'stop-asked': 'stop',
    },
  },
  running: {
    status: 'up',
    steps: [],
    takes: ['plug', 'unplug', 'upgrade', 'migrate'],
    on: { ...NEVER, ...WHILE_IT_RUNS, ...WITHOUT_DESTINATION, overdue: 'nothing' },
  },
  plugging: {
    status: 'up',
    steps: ['set-plugged', 'claim-plug', 'attach-plug', 'attach-plug-claim'],
    takes: [],
    on: {
      ...NEVER,
      ...WHILE_IT_RUNS,
      ...WITHOUT_DESTINATION,
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
    takes: [],
    on: {
      ...NEVER,
      ...WHILE_IT_RUNS,
      ...WITHOUT_DESTINATION,
      chosen: 'plug-with',
      'none-fits': 'fail-plug',
      overdue: 'nothing',
    },
  },
  'detaching-degraded': {
    status: 'up',
    steps: ['claim-plug', 'detach-plug'],
    takes: [],
    on: {
      ...NEVER,
      ...WHILE_IT_RUNS,
      ...WITHOUT_DESTINATION,
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
    takes: [],
    on: {
      ...NEVER,
      ...WHILE_IT_RUNS,
      ...WITHOUT_DESTINATION,
      passed: 'detached-plug',
      'never-told': 'nothing',
      'host-failed': 'stay',
      overdue: 'nothing',
    },
  },
  'restoring-degraded': {
    status: 'up',
    steps: ['attach-degraded'],
    takes: [],
    on: {
      ...NEVER,
      ...WHILE_IT_RUNS,
      ...WITHOUT_DESTINATION,
      passed: 'end-plug',
      'never-told': 'nothing',
      'host-failed': 'end-plug',
      overdue: 'nothing',
    },
  },
  unplugging: {
    status: 'up',
    steps: ['detach-plug'],
    takes: [],
    on: {
      ...NEVER,
      ...WHILE_IT_RUNS,
      ...WITHOUT_DESTINATION,
      passed: 'detached-plug',
      'never-told': 'keep-plug',
      'host-failed': 'keep-plug',
      overdue: 'nothing',
    },
  },
  'releasing-unplugged': {
    status: 'up',
    steps: ['release-plug', 'set-unplugged'],
    takes: [],
    on: { ...NEVER, ...WHILE_IT_RUNS, ...WITHOUT_DESTINATION, passed: 'unplugged', overdue: 'nothing' },
  },
  'choosing-destination': {
    status: 'migrating',
    steps: ['choose-destination'],
    takes: [],
    on: {
      ...NEVER,
      ...WHILE_IT_RUNS,
      ...WITHOUT_DESTINATION,
      chosen: 'go-to',
      'none-fits': 'fail-migration',
      overdue: 'nothing',
    },
  },
  'claiming-destination': {
    status: 'migrating',
    steps: ['claim-destination'],
    takes: [],
    on: {
      ...NEVER,
      ...WHILE_IT_RUNS,
      passed: 'detach-source',
      'claims-refused': 'choose-destination-again',
      'destination-lost': 'choose-destination-again',
      overdue: 'nothing',
    },
  },
  'detaching-source': {
    status: 'migrating',
    steps: ['detach-moving'],
    takes: [],
    on: {
      ...NEVER,
      ...WHILE_IT_RUNS,
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
    takes: [],
    on: {
      ...NEVER,
      passed: 'moved',
      'never-told': 'replug-source',
      'host-failed': 'replug-source',
      // It has moved, or is gone: the answer of the step tells which.
      'vm-gone': 'nothing',
      'vm-there': 'nothing',
      'host-lost': 'find-vm',
      'destination-lost': 'without-destination',
      overdue: 'nothing',
      'stop-asked': 'stop',
    },
  },
  'finding-vm': {
    status: 'migrating',
    steps: ['find-vm'],
    takes: [],
    on: {
      ...NEVER,
      'vm-gone': 'end-with-vm',
      'vm-there': 'moved',
      'host-lost': 'nothing',
      'destination-lost': 'end-with-host',
      overdue: 'nothing',
      'stop-asked': 'stop',
    },
  },
  'attaching-destination': {
    status: 'migrating',
    steps: ['attach-moved', 'attach-claims'],
    takes: [],
    on: {
      ...NEVER,
      ...WHILE_IT_RUNS,
      ...WITHOUT_DESTINATION,
      passed: 'settled-there',
      'never-told': 'nothing',
      'host-failed': 'settled-there-without',
      'attach-refused': 'settled-there-without',
      overdue: 'nothing',
    },
  },
  'replugging-source': {
    status: 'migrating',
    steps: ['attach-back'],
    takes: [],
    on: {
      ...NEVER,
      ...WHILE_IT_RUNS,
      passed: 'replugged',
      'never-told': 'nothing',
      'host-failed': 'replugged-without',
      'destination-lost': 'without-destination',
      overdue: 'nothing',
    },
  },
  stopping: {
    status: 'powering_down',
    steps: ['stop-hosts'],
    takes: [],
    on: {
      ...NEVER,
      passed: 'release',
      'vm-gone': 'nothing',
      'vm-there': 'nothing',
      'host-lost': 'nothing',
      'destination-lost': 'nothing',
      overdue: 'nothing',
      'stop-asked': 'stop',
    },
  },
  releasing: {
    status: 'powering_down',
    steps: ['release-hosts', 'end-run'],
    takes: [],
    on: {
      ...NEVER,
      passed: 'down',
      'vm-gone': 'nothing',
      'vm-there': 'nothing',
      'host-lost': 'nothing',
      'destination-lost': 'nothing',
      overdue: 'nothing',
      'stop-asked': 'stop',
    },
  },
};
