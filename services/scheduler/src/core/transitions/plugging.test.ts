import { describe, expect, it } from 'vitest';
import { after, codesOf, failed, outcomeOf, passed, unplugging, upgrading } from '../../testing/advancing.ts';
import { sampleOperation } from '../../testing/sample-run.ts';
import { namedClaims } from '../named-claims.ts';

describe('a plug', () => {
  it('of what a VM has not sets the flag first and takes it back last', () => {
    const back = after({ ...upgrading, state: 'plugging', operation: sampleOperation('plug') }, failed('running'));
    expect(back).toMatchObject({ state: 'releasing-unplugged', plug: { vnic: { name: 'nic2' } } });
    const end = after(back, passed);
    expect(end).toMatchObject({ state: 'running', plug: null });
    expect(codesOf(end)).toEqual(['PLUGGING_FAILED']);
  });

  it('that may have come through is taken out before its claim is given back', () => {
    expect(after({ ...upgrading, state: 'plugging' }, { kind: 'overdue' }).state).toBe('taking-back-plug');
    expect(after({ ...upgrading, state: 'plugging' }, failed('unknown')).state).toBe('taking-back-plug');
  });

  it('of a degraded vNIC leaves the bridge when the VF is claimed, and goes back onto it when it fails', () => {
    expect(upgrading.state).toBe('detaching-degraded');
    const plugging = after(upgrading, passed);
    expect(plugging.state).toBe('plugging');
    const restoring = after(plugging, failed('running'), passed);
    expect(restoring).toMatchObject({ state: 'restoring-degraded', plug: { vf: null, degraded: true } });
    expect(outcomeOf(after(restoring, passed))).toBe('failed');
  });

  it('ends with the VM that is gone', () => {
    const now = after({ ...upgrading, state: 'plugging' }, failed('gone'));
    expect(now.state).toBe('stopping');
    expect(namedClaims(now)).toEqual(['claim-1', 'up-2']);
  });
});

describe('an unplug', () => {
  it('gives the claim back, then counts as unplugged', () => {
    const now = after(unplugging, passed);
    expect(now).toMatchObject({ state: 'releasing-unplugged', plug: { vf: { claimId: 'claim-1' } } });
    expect(now.at?.vnics.map(({ vnic }) => vnic.name)).toEqual(['nic2']);
    expect(outcomeOf(after(now, passed))).toBe('done');
  });

  it('that the guest refuses leaves the vNIC in', () => {
    const now = after(unplugging, failed('running', ['id-nic1']));
    expect(now).toMatchObject({ state: 'running', plug: null });
    expect(now.at?.vnics).toHaveLength(2);
    expect(codesOf(now)).toEqual(['GUEST_REFUSED_UNPLUG']);
  });

  it('that failed after the guest let go goes on', () => {
    expect(after(unplugging, failed('running', ['id-nic2'])).state).toBe('releasing-unplugged');
  });

  it('of which nobody tells how it ended is told again, as another step', () => {
    const now = after(unplugging, failed('unknown'));
    expect(now.state).toBe('unplugging');
    expect(now.step).toBeGreaterThan(unplugging.step);
  });
});
