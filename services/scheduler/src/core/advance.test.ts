import { expect, it } from 'vitest';
import { LATER, passed, running, stopAsked } from '../testing/advancing.ts';
import { downPlacement } from '../testing/sample-run.ts';
import { advance } from './advance.ts';

it('what only another state awaits says nothing', () => {
  expect(advance(downPlacement(), { kind: 'vm-gone' }, { now: LATER })).toBeUndefined();
  expect(advance(downPlacement(), stopAsked, { now: LATER })).toBeUndefined();
});

it('what cannot happen is a fault', () => {
  expect(() => advance(running, passed, { now: LATER })).toThrow('cannot happen to a placement that is running');
});
