import { expect, it } from 'vitest';
import { judgeStep } from './judge-step.ts';
import { beginStep, endStep, type VmRecord } from './vm-record.ts';

const of = (step: string, attempt = 2) => ({ step, attempt, placementId: 'p1', vm: { id: 'vm1', name: 'vm1' } });
const begun = beginStep(null, of('s1'), {
  state: 'starting',
  open: { kind: 'start', step: 's1', interfaces: [] },
  machineBoot: 'boot-1',
});
const done = { step: 's1', outcome: { result: 'done' } } as const;
const running = endStep(begun, 'running', done);
const over = endStep(begun, 'over', done);

it.each<{
  given: string;
  record: VmRecord | null;
  step: string;
  attempt: number;
  kind: 'stop' | 'other';
  expected: object;
}>([
  { given: 'nothing', record: null, step: 's1', attempt: 1, kind: 'other', expected: { kind: 'go-on' } },
  { given: 'a lower attempt', record: over, step: 's2', attempt: 3, kind: 'other', expected: { kind: 'go-on' } },
  { given: 'the attempt running', record: running, step: 's2', attempt: 2, kind: 'other', expected: { kind: 'go-on' } },
  {
    given: 'its own end',
    record: running,
    step: 's1',
    attempt: 2,
    kind: 'other',
    expected: { kind: 'again', ended: done },
  },
  {
    given: 'its own end, over',
    record: over,
    step: 's1',
    attempt: 2,
    kind: 'other',
    expected: { kind: 'again', ended: done },
  },
  {
    ...{ given: 'the attempt over', record: over, step: 's2', attempt: 2, kind: 'other' },
    expected: { kind: 'refused', because: { kind: 'attempt-over', attempt: 2 } },
  },
  { given: 'the attempt over', record: over, step: 's2', attempt: 2, kind: 'stop', expected: { kind: 'go-on' } },
  {
    ...{ given: 'a higher attempt', record: over, step: 's1', attempt: 1, kind: 'stop' },
    expected: { kind: 'refused', because: { kind: 'outdated', attempt: 1, kept: 2 } },
  },
])('given $given, a $kind of attempt $attempt: $expected.kind', ({ record, step, attempt, kind, expected }) => {
  expect(judgeStep(record, of(step, attempt), kind)).toEqual(expected);
});

it('keeps the last sixteen ends of an attempt, each once, and none of an earlier attempt', () => {
  const ends = Array.from({ length: 20 }, (_, at) => ({ step: `s${at % 18}`, outcome: { result: 'done' } as const }));
  const record = ends.reduce((now, end) => endStep(now, 'running', end), begun);
  expect(record.ended.map(({ step }) => step)).toEqual([
    's4',
    's5',
    's6',
    's7',
    's8',
    's9',
    's10',
    's11',
    's12',
    's13',
    's14',
    's15',
    's16',
    's17',
    's0',
    's1',
  ]);
  const next = {
    state: 'starting',
    open: { kind: 'start', step: 't', interfaces: [] },
    machineBoot: 'boot-1',
  } as const;
  expect(beginStep(record, of('t', 3), { ...next, open: { ...next.open, interfaces: [] } }).ended).toEqual([]);
  expect(beginStep(record, of('t', 2), { ...next, open: { ...next.open, interfaces: [] } }).ended).toHaveLength(16);
});
