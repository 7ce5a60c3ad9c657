import type { AttachVnics, DetachVnics, MigrateVm, StartVm, StopVm } from '@vfleet/contracts/host-agent-vms';
import type { z } from 'zod';
import { explainAll, type VmFailureSeen, withLeftovers } from './core/vm-failures.ts';
import { beginStep, endStep, type OpenStep, type StepOutcome, type VmRecord } from './core/vm-record.ts';
import type { FenceFloor } from './fence-floor.ts';
import type { HostAgentSettings } from './settings.ts';
import type { VfHolds } from './vf-holds.ts';
import type { VmWalking } from './vm-walk.ts';

/** A message for a VM, and of which kind it is. */
export type VmWork =
  | ({ kind: 'start' } & z.infer<typeof StartVm.payload>)
  | ({ kind: 'stop' } & z.infer<typeof StopVm.payload>)
  | ({ kind: 'attach' } & z.infer<typeof AttachVnics.payload>)
  | ({ kind: 'detach' } & z.infer<typeof DetachVnics.payload>)
  | ({ kind: 'migrate' } & z.infer<typeof MigrateVm.payload>);

/** What the work for one VM is carried out with. */
export type VmRun = VmWalking & {
  settings: HostAgentSettings;
  floor: FenceFloor;
  holds: VfHolds;
  record: () => Promise<VmRecord | null>;
};

/** How work for a VM ended; `left-open`: the agent ends, its journal tells the next one. */
export type VmEnd = StepOutcome | 'left-open';

export const DONE: StepOutcome = { result: 'done' };

/** How a step that failed is told, before it is kept. */
export function failedOutcome(failures: readonly VmFailureSeen[], left: readonly VmFailureSeen[] = []): StepOutcome {
  return { result: 'failed', failure: withLeftovers(explainAll(failures), left) };
}

/**
 * Keeps how a step ended before it is told: what was told as failed must not come to be when its message comes again. A
 * stop that failed is not kept, so that it is tried again.
 */
export async function keepEnd(work: VmWork, state: VmRecord['state'], outcome: StepOutcome, run: VmRun): Promise<void> {
  const record = await run.record();
  const isBegun = record?.attempt === work.attempt;
  const begun = isBegun
    ? record
    : beginStep(record, work, { state, open: openOf(work), machineBoot: await run.host.bootId() });
  const isRetried = work.kind === 'stop' && outcome.result === 'failed';
  await run.keepRecord(endStep(begun, state, isRetried ? null : { step: work.step, outcome }));
}

function openOf(work: VmWork): OpenStep {
  const { step } = work;
  switch (work.kind) {
    case 'start':
    case 'attach':
      return { kind: work.kind, step, interfaces: work.interfaces };
    case 'stop':
      return { kind: 'stop', step, force: work.force };
    case 'detach':
      return { kind: 'detach', step, vnicIds: work.vnicIds };
    case 'migrate':
      return { kind: 'migrate', step };
  }
}
