import type { HappeningKind } from './happening.ts';

/** What is done in a state. All are idempotent: who takes a placement over does those of its state again, from the first. */
export type StepName =
  | 'begin-run'
  | 'claim'
  | 'claim-plug'
  | 'claim-destination'
  | 'start'
  | 'attach-claims'
  | 'stop-hosts'
  | 'release-hosts'
  | 'end-run'
  | 'choose-host'
  | 'choose-vf'
  | 'choose-destination'
  | 'set-plugged'
  | 'attach-plug'
  | 'attach-plug-claim'
  | 'detach-plug'
  | 'release-plug'
  | 'set-unplugged'
  | 'attach-degraded'
  | 'detach-moving'
  | 'migrate'
  | 'find-vm'
  | 'attach-moved'
  | 'attach-back';

/** What the steps themselves make happen, beside that they are done. Host steps are awaited: a host answers by an event. */
export const STEPS: Record<StepName, { awaitsHost: boolean; makesHappen: readonly HappeningKind[] }> = {
  'begin-run': { awaitsHost: false, makesHappen: ['vm-changed', 'vm-refused'] },
  claim: { awaitsHost: false, makesHappen: ['claims-refused'] },
  'claim-plug': { awaitsHost: false, makesHappen: ['claims-refused'] },
  'claim-destination': { awaitsHost: false, makesHappen: ['claims-refused'] },
  start: { awaitsHost: true, makesHappen: ['never-told', 'host-failed'] },
  'attach-claims': { awaitsHost: false, makesHappen: ['attach-refused'] },
  'stop-hosts': { awaitsHost: false, makesHappen: [] },
  'release-hosts': { awaitsHost: false, makesHappen: [] },
  'end-run': { awaitsHost: false, makesHappen: [] },
  'choose-host': { awaitsHost: false, makesHappen: ['chosen', 'none-fits'] },
  'choose-vf': { awaitsHost: false, makesHappen: ['chosen', 'none-fits'] },
  'choose-destination': { awaitsHost: false, makesHappen: ['chosen', 'none-fits'] },
  'set-plugged': { awaitsHost: false, makesHappen: ['plug-refused'] },
  'attach-plug': { awaitsHost: true, makesHappen: ['never-told', 'host-failed'] },
  'attach-plug-claim': { awaitsHost: false, makesHappen: ['attach-refused'] },
  'detach-plug': { awaitsHost: true, makesHappen: ['never-told', 'host-failed'] },
  'release-plug': { awaitsHost: false, makesHappen: [] },
  'set-unplugged': { awaitsHost: false, makesHappen: [] },
  'attach-degraded': { awaitsHost: true, makesHappen: ['never-told', 'host-failed'] },
  'detach-moving': { awaitsHost: true, makesHappen: ['never-told', 'host-failed'] },
  migrate: { awaitsHost: true, makesHappen: ['never-told', 'host-failed'] },
  'find-vm': { awaitsHost: false, makesHappen: [] },
  'attach-moved': { awaitsHost: true, makesHappen: ['never-told', 'host-failed'] },
  'attach-back': { awaitsHost: true, makesHappen: ['never-told', 'host-failed'] },
};
