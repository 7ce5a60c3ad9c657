import { describe, expect, it } from 'vitest';
import { after, codesOf, failed, migrating, outcomeOf, passed } from '../../testing/advancing.ts';
import type { Happening } from '../happening.ts';
import { namedClaims } from '../named-claims.ts';
import type { Placement } from '../placement.ts';

describe('a migration', () => {
  it('claims there, unplugs here, moves, plugs there', () => {
    expect(migrating).toMatchObject({ state: 'claiming-destination', attempt: 2, to: { attempt: 2 } });
    const moved = after(migrating, passed, passed, passed);
    expect(moved).toMatchObject({
      state: 'attaching-destination',
      at: { host: { name: 'bravo' } },
      to: null,
      seen: null,
    });
    expect(moved.leaving).toMatchObject([{ host: { name: 'alpha' }, isGone: true, claims: [{ claimId: 'claim-1' }] }]);
    expect(outcomeOf(after(moved, passed))).toBe('done');
  });

  it.each<[string, Placement, Happening]>([
    ['the guest does not let go', after(migrating, passed), failed('running')],
    ['the destination is lost before', after(migrating, passed), { kind: 'destination-lost' }],
    ['the domain stays', after(migrating, passed, passed), failed('running')],
    ['nobody could be told', after(migrating, passed, passed), { kind: 'never-told' }],
  ])('plugs back at the source when %s', (_, placement, happening) => {
    const back = after(placement, happening);
    expect(back).toMatchObject({ state: 'replugging-source', at: { host: { name: 'alpha' } } });
    const end = after(back, passed);
    expect(end).toMatchObject({ state: 'running', to: null, leaving: [{ host: { name: 'bravo' }, isGone: true }] });
    expect(codesOf(end)).toEqual(['MIGRATION_FAILED']);
  });

  it('that failed, the VM being gone, ends the VM on both hosts', () => {
    const now = after(migrating, passed, passed, failed('gone'));
    expect(now).toMatchObject({ state: 'stopping', leaving: [{ isGone: false }, { isGone: false, after: 1 }] });
  });

  it('of which nobody tells how it ended is asked for again', () => {
    expect(after(migrating, passed, passed, failed('unknown')).state).toBe('moving');
  });

  it('leaves a VM whose VFs could not be plugged there without them, and names no claim that is not given back', () => {
    const moved = after(migrating, passed, passed, passed);
    const now = after(moved, failed('running'));
    expect(now.at?.vnics.map(({ vf }) => vf)).toEqual([null, null]);
    expect(namedClaims(now).sort()).toEqual(['claim-1', 'there-1']);
  });

  it('asks the destination when the source is lost in the middle', () => {
    const finding = after(migrating, passed, passed, { kind: 'host-lost' });
    expect(finding).toMatchObject({ state: 'finding-vm', at: null, to: { host: { name: 'bravo' } } });
    const answer = { seen: { hostId: 'id-bravo', boot: 1, sequence: 3 }, attached: [] };
    expect(after(finding, { kind: 'vm-there', answer })).toMatchObject({
      state: 'attaching-destination',
      seen: answer.seen,
    });
    expect(after(finding, { kind: 'vm-gone' })).toMatchObject({ state: 'stopping' });
    expect(after(finding, { kind: 'destination-lost' })).toMatchObject({ state: 'releasing' });
  });

  it('goes on being awaited when the destination is lost, and then the VM is where the source says', () => {
    const moving = after(migrating, passed, passed, { kind: 'destination-lost' });
    expect(moving).toMatchObject({ state: 'moving', to: null });
    expect(after(moving, failed('running')).state).toBe('replugging-source');
    expect(after(moving, passed)).toMatchObject({ state: 'releasing', died: { problem: { code: 'VM_DIED' } } });
  });
});
