import { expect, it } from 'vitest';
import { domainWith, LIMITS, ofRun, seenWith } from '../testing/vm-seen.ts';
import { planStop } from './plan-stop.ts';

const plan = (force: boolean, more: Parameters<typeof seenWith>[0], attempt = 1) =>
  planStop({ ...ofRun('s1', attempt), force }, seenWith(more), LIMITS);

it('given a domain, asks the guest, powers it off, and is over before either', () => {
  const steps = plan(false, { domain: domainWith() });
  expect(steps.map(({ kind }) => kind)).toEqual(['keep-record', 'shut-down', 'destroy', 'keep-record']);
  expect(steps[0]).toMatchObject({ record: { state: 'over', open: { kind: 'stop', step: 's1', force: false } } });
  expect(steps.slice(1, 3)).toMatchObject([{ deadlineMs: 2 }, { deadlineMs: 3 }]);
  expect(steps[3]).toMatchObject({ record: { state: 'over', open: null, ended: [{ step: 's1' }] } });
});

it('given force, asks nobody', () => {
  expect(plan(true, { domain: domainWith() }).map(({ kind }) => kind)).toEqual([
    'keep-record',
    'destroy',
    'keep-record',
  ]);
});

it('given no domain, asks no guest, and powers off what may come yet', () => {
  expect(plan(false, {}, 3)).toMatchObject([
    { kind: 'keep-record', record: { attempt: 3, state: 'over', open: { kind: 'stop' } } },
    { kind: 'destroy' },
    { kind: 'keep-record', record: { attempt: 3, state: 'over', open: null } },
  ]);
});

it('given the domain of another attempt, ends it too', () => {
  expect(plan(true, { domain: domainWith([], { attempt: 1 }) }, 4)).toMatchObject([
    { record: { attempt: 4, state: 'over' } },
    { kind: 'destroy' },
    { record: { attempt: 4, state: 'over' } },
  ]);
});
