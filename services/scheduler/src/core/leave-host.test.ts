import { expect, it } from 'vitest';
import { running } from '../testing/advancing.ts';
import { counter, sampleTry } from '../testing/sample-run.ts';
import { hostsLeftOut, leaveClaims, leaveHost, stoppable, stopped, stopStep, withClaimsLeft } from './leave-host.ts';
import type { Leaving, Placement } from './placement.ts';

const stop = (attempt: number) => stopStep({ placementId: 'p1' }, { attempt, force: false });
const left = (host: string, attempt: number, change: Partial<Leaving> = {}): Leaving => ({
  ...leaveHost(sampleTry(host, { attempt, newId: counter(`${host}-`) }), { isGone: false, stop: stop(attempt) }),
  ...change,
});
const leaving = (...all: Leaving[]): Placement => ({ ...running, leaving: all });

it('a destination is told to stop when the source has proved that nothing comes from there any more', () => {
  const both = [left('alpha', 1), left('bravo', 2, { after: 1 })];
  expect(stoppable(both).map(({ attempt }) => attempt)).toEqual([1]);
  const proved = stopped(leaving(...both), stop(1).step);
  expect(stoppable(proved?.leaving ?? []).map(({ attempt }) => attempt)).toEqual([2]);
});

it('a host that proved it keeps only what claims are left there', () => {
  expect(stopped(leaving(left('alpha', 1)), stop(1).step)?.leaving).toMatchObject([
    { isGone: true, stop: null, claims: [{ claimId: 'alpha-1' }] },
  ]);
  expect(stopped(leaving(left('alpha', 1, { claims: [] })), stop(1).step)?.leaving).toEqual([]);
  expect(stopped(leaving(left('alpha', 1)), 'another')).toBeUndefined();
});

it('claims are told apart by their ids alone: a host can be left twice', () => {
  const here = sampleTry('alpha', { attempt: 1, newId: counter('first-') });
  const [first, second] = [leaveClaims(here, here.vnics), left('alpha', 1, { isGone: true, stop: null })];
  const now = withClaimsLeft(leaving(first, second), { asked: [first], left: [] });
  expect(now.leaving.map(({ claims }) => claims)).toEqual([second.claims]);
});

it('nothing is begun on hosts that failed, or have not told what became of what was tried there', () => {
  const placement = {
    ...leaving(left('alpha', 1)),
    excluded: [{ host: { id: 'id-bravo', name: 'bravo' }, reason: 'it broke' }],
  };
  expect([...hostsLeftOut(placement)]).toEqual([
    ['id-alpha', expect.stringContaining('has not told yet')],
    ['id-bravo', 'it broke'],
  ]);
});
