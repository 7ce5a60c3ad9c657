import type { EndedStep, OfRun, VmRecord } from './vm-record.ts';

/** Why a step is not begun at all. */
export type StepBroken =
  | { kind: 'outdated'; attempt: number; kept: number }
  | { kind: 'attempt-over'; attempt: number };

/** What is done with a message for a VM: answered as before, refused, or gone on with. */
export type StepJudged =
  | { kind: 'again'; ended: EndedStep }
  | { kind: 'refused'; because: StepBroken }
  | { kind: 'go-on' };

/**
 * Judges a message for a VM, which comes at least once and in no promised order. The attempt is the VM's fence: a lower
 * one than was seen is outdated, and nothing but a stop is done in one that is over.
 */
export function judgeStep(record: VmRecord | null, { step, attempt }: OfRun, kind: 'stop' | 'other'): StepJudged {
  if (record === null || attempt > record.attempt) return { kind: 'go-on' };
  if (attempt < record.attempt) {
    return { kind: 'refused', because: { kind: 'outdated', attempt, kept: record.attempt } };
  }
  const ended = record.ended.find((each) => each.step === step);
  if (ended) return { kind: 'again', ended };
  const isOver = record.state === 'over' && kind !== 'stop';
  return isOver ? { kind: 'refused', because: { kind: 'attempt-over', attempt } } : { kind: 'go-on' };
}
