import { refusal } from '@vfleet/contracts/refusals';
import { describe, expect, it } from 'vitest';
import {
  after,
  chosen,
  codesOf,
  failed,
  outcomeOf,
  passed,
  REFUSALS,
  SEEN,
  starting,
} from '../../testing/advancing.ts';
import { sampleOperation } from '../../testing/sample-run.ts';
import type { Happening } from '../happening.ts';
import { namedClaims } from '../named-claims.ts';

describe('a start', () => {
  it('runs when the host has answered and its claims are attached', () => {
    const now = after(starting, passed);
    expect(now).toMatchObject({ state: 'running', operation: null, seen: SEEN, wakeAt: null });
    expect(now.guestAddresses).toEqual([{ vnicId: 'id-nic1', address: '0000:00:10.0' }]);
    expect(now.at?.vnics[0]?.guestPciAddress).toBe('0000:00:10.0');
    expect(outcomeOf(now)).toBe('done');
  });

  it.each<[string, Happening, { isGone: boolean; stop: unknown; excluded: number }]>([
    ['failed and left nothing', failed('gone'), { isGone: true, stop: null, excluded: 1 }],
    [
      'failed and does not tell what is there',
      failed('unknown'),
      { isGone: false, stop: { force: true }, excluded: 1 },
    ],
    ['was never told', { kind: 'never-told' }, { isGone: true, stop: { force: true }, excluded: 1 }],
    ['does not answer', { kind: 'overdue' }, { isGone: false, stop: { force: true }, excluded: 1 }],
    ['was confirmed lost', { kind: 'host-lost' }, { isGone: true, stop: null, excluded: 1 }],
    [
      'lost the VFs to others',
      { kind: 'claims-refused', isFresh: true, refusals: REFUSALS },
      { isGone: true, stop: null, excluded: 0 },
    ],
    [
      'lost the VFs, and somebody else may have told it',
      { kind: 'claims-refused', isFresh: false, refusals: REFUSALS },
      { isGone: false, stop: { force: true }, excluded: 0 },
    ],
    ['fits another VM', { kind: 'vm-changed', isFresh: true }, { isGone: true, stop: null, excluded: 0 }],
    [
      'has claims no more',
      { kind: 'attach-refused', refusals: REFUSALS },
      { isGone: false, stop: { force: true }, excluded: 0 },
    ],
  ])('quits a host that %s', (_, happening, { isGone, stop, excluded }) => {
    const now = after(starting, happening);
    expect(now).toMatchObject({
      state: 'quitting-host',
      at: null,
      leaving: [{ host: { name: 'alpha' }, isGone, stop }],
    });
    expect(now.excluded).toHaveLength(excluded);
    expect(namedClaims(now)).toEqual(namedClaims(starting));
  });

  it('tries the next host in an attempt of its own, with the former one in sight', () => {
    const now = after(starting, failed('gone'), chosen('bravo', 2));
    expect(now).toMatchObject({ state: 'starting', attempt: 2, at: { host: { name: 'bravo' }, attempt: 2 } });
    expect(namedClaims(now)).toEqual(['next-1', 'claim-1']);
    expect(now.operation?.notes).toEqual(['Host alpha: it is broken. Repair it.']);
  });

  it('tells every reason when no host is left, at the end', () => {
    const refusals = [refusal('SCHEDULING_ALL_HOSTS_FILTERED_OUT', 'None fits.')];
    const now = after(starting, failed('gone'), { kind: 'none-fits', refusals });
    expect(now.state).toBe('releasing');
    const end = after({ ...now, leaving: [] }, passed);
    expect(end).toMatchObject({ state: 'down', vm: null, operation: null, attempt: 1 });
    expect(codesOf(end)).toEqual(['SCHEDULING_ALL_HOSTS_FILTERED_OUT', 'HOST_FAILED_TO_START_VM']);
  });

  it('races for VFs so often, then leaves the host out', () => {
    const raced = { ...starting, operation: sampleOperation('start', { lostRaces: 15 }) };
    expect(after(raced, { kind: 'claims-refused', isFresh: true, refusals: REFUSALS }).excluded).toHaveLength(1);
  });

  it('gives up what fails on fifty hosts', () => {
    const excluded = Array.from({ length: 49 }, (_, n) => ({
      host: { id: `h${n}`, name: `h${n}` },
      reason: 'It broke.',
    }));
    const now = after({ ...starting, excluded }, failed('gone'));
    expect(now.state).toBe('releasing');
    expect(now.operation?.problems).toHaveLength(51);
  });

  it('ends where the VM is not to be had, with the proof that nothing was begun', () => {
    const refusals = [refusal('VM_NOT_EXIST', 'It was removed.')];
    expect(after(starting, { kind: 'vm-refused', isFresh: true, refusals }).state).toBe('releasing');
    expect(after(starting, { kind: 'vm-refused', isFresh: false, refusals }).state).toBe('stopping');
  });
});
