import { describe, expect, it } from 'vitest';
import { running, starting } from '../testing/advancing.ts';
import { counter, NOW, runningPlacement, sampleTry } from '../testing/sample-run.ts';
import { leaveHost, stopStep } from './leave-host.ts';
import type { Placement } from './placement.ts';
import { type Domains, mayHaveEnded, readDomains, unwantedAttempt } from './read-domains.ts';

/** What host alpha tells: the attempt of the VM's domain there, or that there is none. */
function report(attempt: number | null | 'none', change: Partial<Domains> = {}): Domains {
  const domain = { name: 'web', vmId: 'id-web', placementId: 'p1', state: 'running' as const, vfs: [] };
  return {
    ...{ hostId: 'id-alpha', boot: 1, sequence: 11, machineBoot: 'b1', takenAt: NOW, fences: [] },
    domains: attempt === 'none' ? [] : [{ ...domain, attempt }],
    ...change,
  };
}

describe('a VM that runs', () => {
  it.each<[string, Domains, boolean]>([
    ['is there', report(1), false],
    ['is not there', report('none'), true],
    ['is there in another attempt', report(2), true],
    ['is not there, in a report that is older than its start', report('none', { sequence: 9 }), false],
    ['is not there, since its agent was restarted', report('none', { boot: 2, sequence: 0 }), true],
    ['is not on another host', report('none', { hostId: 'id-bravo' }), false],
  ])('%s', (_, told, isGone) => {
    expect(readDomains(running, told, true)).toEqual(isGone ? { kind: 'vm-gone' } : undefined);
  });

  it('is not looked for before its host has said that it is there', () => {
    expect(readDomains({ ...starting, state: 'attaching-destination' }, report('none'), true)).toBeUndefined();
  });
});

describe('a VM that is looked for at its destination', () => {
  const finding: Placement = {
    ...running,
    state: 'finding-vm',
    at: null,
    to: sampleTry('alpha', { attempt: 2, newId: counter('c') }),
  };

  it('is there, whatever attempt it came with', () => {
    expect(readDomains(finding, report(1), false)).toMatchObject({
      kind: 'vm-there',
      answer: { seen: { sequence: 11 } },
    });
  });

  it('is gone when a report that was taken after the question says so, and not before', () => {
    expect(readDomains(finding, report('none'), true)).toEqual({ kind: 'vm-gone' });
    expect(readDomains(finding, report('none'), false)).toBeUndefined();
  });
});

it('a host that does not have a VM while it is started there is asked again', () => {
  expect(mayHaveEnded(starting, report('none'))).toBe(true);
  expect(mayHaveEnded(starting, report(1))).toBe(false);
  expect(mayHaveEnded(starting, report('none', { hostId: 'id-bravo' }))).toBe(false);
  expect(mayHaveEnded(running, report('none'))).toBe(false);
});

describe('a domain that a host tells of', () => {
  const elsewhere = { ...runningPlacement(), attempt: 4, at: sampleTry('bravo', { attempt: 4, newId: counter('c') }) };
  const left = sampleTry('alpha', { attempt: 2, newId: counter('c') });
  const stop = stopStep({ placementId: 'p1' }, { attempt: 2, force: true });

  it.each<[string, Placement, number | null, number | undefined]>([
    ['is the one that is wanted there', running, 1, undefined],
    ['is of an attempt that was given up', elsewhere, 2, 2],
    ['is being stopped', { ...elsewhere, leaving: [leaveHost(left, { isGone: false, stop })] }, 2, undefined],
    ['was proved gone and is not', { ...elsewhere, leaving: [leaveHost(left, { isGone: true, stop: null })] }, 2, 2],
    ['is of an attempt that nobody knows of here', elsewhere, 5, undefined],
    ['is not one of ours', elsewhere, null, undefined],
  ])('%s', (_, placement, attempt, unwanted) => {
    expect(unwantedAttempt(placement, report(attempt))).toBe(unwanted);
  });
});
