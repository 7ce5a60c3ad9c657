import { describe, expect, it } from 'vitest';
import { after, codesOf, LATER, migrating, passed, running, starting, stopAsked } from '../../testing/advancing.ts';
import { sampleOperation } from '../../testing/sample-run.ts';

describe('an end', () => {
  it('by a stop overtakes what is under way', () => {
    const now = after(starting, stopAsked);
    expect(now).toMatchObject({
      state: 'stopping',
      operation: { id: 'op-stop' },
      leaving: [{ isGone: false, stop: { force: false } }],
    });
    expect(codesOf(now)).toEqual(['OPERATION_OVERTAKEN']);
  });

  it('by force tells hosts another step than one that waits for the guest', () => {
    const gentle = after(running, stopAsked);
    const forced = after(gentle, {
      kind: 'stop-asked',
      operation: sampleOperation('stop', { id: 'op-2', force: true }),
    });
    expect(forced.leaving[0]?.stop).toMatchObject({ force: true });
    expect(forced.leaving[0]?.stop?.step).not.toBe(gentle.leaving[0]?.stop?.step);
  });

  it('of its own is told to the host all the same, and noted', () => {
    const now = after(running, { kind: 'vm-gone' });
    expect(now).toMatchObject({ state: 'stopping', at: null, died: { at: LATER, problem: { code: 'VM_DIED' } } });
    expect(now.leaving).toMatchObject([{ isGone: false, stop: { force: true }, claims: [{ claimId: 'claim-1' }] }]);
  });

  it('with its host needs no answer of that', () => {
    expect(after(running, { kind: 'host-lost' })).toMatchObject({
      state: 'releasing',
      leaving: [{ isGone: true, stop: null }],
    });
  });

  it('in the middle of a move is told to the source first', () => {
    const moving = after(migrating, passed, passed);
    expect(moving.state).toBe('moving');
    const now = after(moving, stopAsked);
    expect(now.leaving).toMatchObject([
      { host: { name: 'alpha' }, isGone: false, after: null },
      { host: { name: 'bravo' }, isGone: false, after: 1 },
    ]);
  });

  it('unlocks the VM when the last claim is gone', () => {
    const now = after(running, stopAsked, passed);
    expect(now.state).toBe('releasing');
    expect(after({ ...now, leaving: [] }, passed)).toMatchObject({ state: 'down', seen: null, attempt: 1 });
  });
});
