import type { DomainInterface } from '@vfleet/contracts/vocabulary/domain';
import type { ChangeFailure } from '@vfleet/contracts/vocabulary/host-report';

/** How a step ended. */
export type StepOutcome = { result: 'done' } | { result: 'failed'; failure: ChangeFailure };

/** A step that was begun, with what finishing it or taking it back needs: the journal of a VM. */
export type OpenStep =
  | { kind: 'start'; step: string; interfaces: DomainInterface[] }
  | { kind: 'stop'; step: string; force: boolean }
  | { kind: 'attach'; step: string; interfaces: DomainInterface[] }
  | { kind: 'detach'; step: string; vnicIds: string[] }
  | { kind: 'migrate'; step: string };

/** An outcome that is told again when its step comes again. */
export type EndedStep = { step: string; outcome: StepOutcome };

/**
 * What is kept of a VM on this host for good: its highest attempt and how that stands. `over`: nothing is started with
 * it any more. What ran in an earlier boot of the machine runs no longer.
 */
export type VmRecord = {
  vm: { id: string; name: string };
  placementId: string;
  attempt: number;
  state: 'starting' | 'running' | 'over';
  machineBoot: string;
  open: OpenStep | null;
  /** The last steps of this attempt, newest last. */
  ended: EndedStep[];
};

/** Which run of a VM a message is of. */
export type OfRun = { step: string; placementId: string; attempt: number; vm: { id: string; name: string } };

/** More than can be on their way for one attempt of one VM. */
const KEPT_STEPS = 16;

/** The record of a run in which a step is begun; the steps of an earlier attempt are forgotten with it. */
export function beginStep(
  record: VmRecord | null,
  { placementId, attempt, vm }: OfRun,
  { state, open, machineBoot }: Pick<VmRecord, 'state' | 'machineBoot'> & { open: OpenStep },
): VmRecord {
  const ended = record?.attempt === attempt ? record.ended : [];
  return { vm, placementId, attempt, state, machineBoot, open, ended };
}

/** The record after a step has ended; `kept` is null for an outcome that is to be found anew when the step comes again. */
export function endStep(record: VmRecord, state: VmRecord['state'], kept: EndedStep | null): VmRecord {
  const ended = kept
    ? [...record.ended.filter(({ step }) => step !== kept.step), kept].slice(-KEPT_STEPS)
    : record.ended;
  return { ...record, state, open: null, ended };
}
