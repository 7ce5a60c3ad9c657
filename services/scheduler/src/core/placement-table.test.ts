import { describe, expect, it } from 'vitest';
import type { HappeningKind } from './happening.ts';
import { PlacementState } from './placement.ts';
import { PLACEMENT_TABLE } from './placement-table.ts';
import { STEPS } from './steps.ts';
import { TRANSITIONS } from './transitions.ts';

const STATES = PlacementState.options;

/** What only steps make happen; the rest comes from outside and can come at any time. */
const BY_STEPS: readonly HappeningKind[] = [
  ...['vm-changed', 'vm-refused', 'claims-refused', 'attach-refused', 'plug-refused', 'never-told', 'host-failed'],
  ...['chosen', 'none-fits'],
] as HappeningKind[];

const FROM_OUTSIDE: readonly HappeningKind[] = [
  ...['vm-gone', 'vm-there', 'host-lost', 'destination-lost', 'overdue', 'stop-asked'],
] as HappeningKind[];

it('has a row for every state, with a cell for everything that can happen', () => {
  expect(Object.keys(PLACEMENT_TABLE).sort()).toEqual([...STATES].sort());
  for (const state of STATES) {
    expect(Object.keys(PLACEMENT_TABLE[state].on).sort(), state).toEqual(
      ['passed', ...BY_STEPS, ...FROM_OUTSIDE].sort(),
    );
  }
});

describe.each(STATES)('a placement that is %s', (state) => {
  const { steps, on } = PLACEMENT_TABLE[state];
  const made = new Set(steps.flatMap((step) => STEPS[step].makesHappen));

  it('leads on from what its steps make happen, and from nothing that they cannot', () => {
    for (const kind of BY_STEPS) expect(on[kind] === 'never', `${state} ${kind}`).toBe(!made.has(kind));
    const endsByChoice = made.has('chosen') || steps.includes('find-vm');
    expect(on.passed === 'never', state).toBe(steps.length === 0 || endsByChoice);
  });

  it('takes what comes from outside at any time', () => {
    for (const kind of FROM_OUTSIDE) expect(on[kind], `${state} ${kind}`).not.toBe('never');
  });

  it('is stopped when somebody asks for it, unless it is down', () => {
    expect(on['stop-asked']).toBe(state === 'down' ? 'nothing' : 'stop');
  });

  it('tells one host at most, so that an answer is of one step', () => {
    expect(steps.filter((step) => STEPS[step].awaitsHost).length).toBeLessThanOrEqual(1);
  });
});

it('uses every transition', () => {
  const used = new Set(STATES.flatMap((state) => Object.values(PLACEMENT_TABLE[state].on)));
  expect(Object.keys(TRANSITIONS).filter((name) => !used.has(name as never))).toEqual([]);
});

it('uses every step', () => {
  const used = new Set(STATES.flatMap((state) => PLACEMENT_TABLE[state].steps));
  expect(Object.keys(STEPS).filter((name) => !used.has(name as never))).toEqual([]);
});
