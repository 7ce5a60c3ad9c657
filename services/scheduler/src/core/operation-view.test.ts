import { refusal } from '@vfleet/contracts/refusals';
import { Operation } from '@vfleet/contracts/vocabulary/operation';
import { describe, expect, it } from 'vitest';
import { sampleLeaving, sampleOnHost, samplePlacement } from '../testing/sample-placement.ts';
import { endOperation } from './end-operation.ts';
import { operationView } from './operation-view.ts';
import { type Placement, PlacementState } from './placement.ts';
import { stepInWords } from './step-in-words.ts';

const NOW = '2026-01-01T00:01:00.000Z';
const OPEN = samplePlacement({ operation: 'open', state: 'starting', at: sampleOnHost('alpha') });

function viewOf(placement: Placement, id = 'op-1'): Operation | undefined {
  const view = operationView(placement, id);
  if (view) expect(view).toEqual(Operation.parse(view));
  return view;
}

describe('an operation', () => {
  it('is open until it has ended, and says what is done', () => {
    expect(viewOf(OPEN)).toEqual({
      ...{ id: 'op-1', kind: 'start', vm: { id: 'id-web', name: 'web' }, state: 'open', problems: [], notes: [] },
      ...{ step: 'It is started on host alpha', host: { id: 'id-alpha', name: 'alpha' } },
      ...{ started_at: '2026-01-01T00:00:00.000Z', ended_at: null },
    });
  });

  it('is done, or failed with every reason, when it has ended', () => {
    expect(viewOf(endOperation(OPEN, { now: NOW }))).toMatchObject({ state: 'done', ended_at: NOW, problems: [] });
    const problems = [refusal('VM_DIED', 'web is gone.'), refusal('HOST_UNREACHABLE', 'alpha is away.')];
    expect(viewOf(endOperation(OPEN, { now: NOW, problems }))).toMatchObject({ state: 'failed', problems });
  });

  it('is not known to a placement that never had it', () => expect(viewOf(OPEN, 'op-2')).toBeUndefined());
});

describe('the step of an operation', () => {
  it.each(PlacementState.options)('is told in words in each state: %s', (state) => {
    const plug = { vnic: { id: 'n', name: 'nic1' }, vf: null, degraded: false, guestPciAddress: null };
    const whole = samplePlacement({
      ...{ state, at: sampleOnHost('alpha'), to: sampleOnHost('bravo'), plug },
    });
    expect(stepInWords(whole)).toMatch(/^[^ .]+( [^ .]+)+$/);
    expect(stepInWords(samplePlacement({ state }))).not.toMatch(/undefined|null|host {2}/);
  });

  it.each(['quitting-host', 'stopping'] as const)(
    'names the host whose proof is awaited, and what can stand in for it: %s',
    (state) => {
      const waiting = samplePlacement({
        state,
        leaving: [sampleLeaving('alpha', false), sampleLeaving('bravo', true)],
      });
      expect(stepInWords(waiting)).toBe(
        'It is stopped on host alpha; until host alpha has answered, or is confirmed powered off, it counts as running there',
      );
      expect(stepInWords(samplePlacement({ state, leaving: [sampleLeaving('bravo', true)] }))).not.toContain('alpha');
    },
  );

  it('names the hosts whose virtual functions are cleaned', () => {
    const releasing = samplePlacement({
      state: 'releasing',
      leaving: [sampleLeaving('alpha', true), sampleLeaving('bravo', true)],
    });
    expect(stepInWords(releasing)).toBe(
      'Its virtual functions on host alpha, host bravo are cleaned and given back; a host that is gone ends the wait when it is confirmed powered off',
    );
  });
});
