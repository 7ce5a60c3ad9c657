import { stepName } from '@vfleet/contracts/vocabulary/vfs-change';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginJournal } from './journal.ts';
import { type PlannedPf, planFallback, planFinish, planNumVfs, planRestore, type Step } from './plan-num-vfs.ts';

const identity = { vendorId: '0x8086', deviceId: '0x10c9', mac: '52:54:00:aa:00:01' };
const pf: PlannedPf = { existing: 0, totalVfs: 7, driver: 'igb', identity, mtu: null, expectNetdevs: true };
const journal = (existing: number, numOfVfs: number, persisted: number | null = existing, mtu: number | null = null) =>
  beginJournal({
    wanted: { vfsConfigId: 'c', pciAddress: '0000:05:00.0', generation: 1, numOfVfs, mtu },
    found: { existing, identity, mtu: mtu === null ? null : 1500 },
    persisted: persisted === null ? null : { count: persisted, identity, mtu: null },
    open: null,
    startedAt: '2026-01-01T00:00:00.000Z',
  });
const table = { overrideMs: null };
const names = (steps: readonly Step[]) => steps.map(stepName).join(', ');

function plan(existing: number, wanted: number, more: Partial<PlannedPf> = {}): string {
  const planned = planNumVfs({ ...pf, existing, ...more }, { journal: journal(existing, wanted), open: null }, table);
  return planned.ok ? names(planned.steps) : planned.failure.kind;
}

describe('a change of the number of VFs', () => {
  it.each([
    {
      name: 'F1: goes through zero',
      plan: plan(4, 7),
      steps:
        'check holders, journal, write 0, await 0 VFs, write 7, read back 7, await 7 VFs, await 7 netdevs, read back 7, PF up, persist 7, settle',
    },
    {
      name: 'writes no zero when there is none',
      plan: plan(0, 2),
      steps:
        'check holders, journal, write 2, read back 2, await 2 VFs, await 2 netdevs, read back 2, PF up, persist 2, settle',
    },
    {
      name: 'to zero only removes',
      plan: plan(4, 0),
      steps: 'check holders, journal, write 0, await 0 VFs, read back 0, PF up, persist 0, settle',
    },
    {
      name: 'F6: touches no VF when the number is there',
      plan: plan(4, 4),
      steps: 'read back 4, PF up, persist 4, settle',
    },
    {
      name: 'F13: awaits no netdevs where none are expected',
      plan: plan(0, 2, { expectNetdevs: false }),
      steps: 'check holders, journal, write 2, read back 2, await 2 VFs, read back 2, PF up, persist 2, settle',
    },
    { name: 'F2: refuses more than the total before anything is written', plan: plan(4, 8), steps: 'over-total' },
  ])('$name', ({ plan, steps }) => expect(plan).toBe(steps));

  it('awaits the VFs and netdevs that an unsettled change has just made, and touches none', () => {
    const change = { journal: journal(4, 4), open: journal(0, 4) };
    const planned = planNumVfs({ ...pf, existing: 4 }, change, table);
    expect(planned.ok && names(planned.steps)).toBe(
      'await 4 VFs, await 4 netdevs, read back 4, PF up, persist 4, settle',
    );
  });

  it('is not begun when another number exists than the one it is for', () => {
    const planFor = (existing: number, onlyIfExisting: number) =>
      planNumVfs({ ...pf, existing }, { journal: journal(existing, 4), open: null, onlyIfExisting }, table);
    expect(planFor(5, 4)).toEqual({ ok: false, failure: { kind: 'other-number', expected: 4, got: 5 } });
    expect(planFor(4, 4)).toMatchObject({ ok: true });
  });

  it('F10: gives every write the time of its driver and count', () => {
    const change = { journal: journal(2, 63), open: null };
    const planned = planNumVfs({ ...pf, existing: 2, totalVfs: 63, driver: 'ixgbe' }, change, table);
    const writes = planned.ok ? planned.steps.filter((step) => step.kind === 'write') : [];
    expect(writes).toEqual([
      { kind: 'write', count: 0, deadlineMs: 68_000 },
      { kind: 'write', count: 63, deadlineMs: 312_000 },
    ]);
  });

  it('journals before the first write, checks holders before that, persists only what was read back', () => {
    fc.assert(
      fc.property(fc.nat(128), fc.nat(128), fc.boolean(), fc.boolean(), (existing, wanted, expectNetdevs, isOpen) => {
        const change = { journal: journal(existing, wanted), open: isOpen ? journal(0, existing) : null };
        const planned = planNumVfs({ ...pf, totalVfs: 128, existing, expectNetdevs }, change, table);
        if (!planned.ok) throw new Error('within the total');
        const kinds = planned.steps.map(({ kind }) => kind);
        const writes = planned.steps.filter((step) => step.kind === 'write').map(({ count }) => count);
        expect(writes).toEqual(existing === wanted ? [] : [...(existing ? [0] : []), ...(wanted ? [wanted] : [])]);
        if (writes.length > 0) {
          expect(kinds.indexOf('check-holders')).toBeLessThan(kinds.indexOf('journal'));
          expect(kinds.indexOf('journal')).toBeLessThan(kinds.indexOf('write'));
        }
        expect(kinds.lastIndexOf('read-back')).toBeGreaterThan(kinds.lastIndexOf('write'));
        expect(kinds.slice(-3)).toEqual(['pf-up', 'persist', 'settle']);
      }),
    );
  });
});

it('what is left after the last write', () => {
  expect(names(planFinish({ ...pf, existing: 3 }, journal(0, 3), table))).toBe(
    'await 3 VFs, await 3 netdevs, read back 3, PF up, persist 3, settle',
  );
});

describe('the way back', () => {
  const persisted = (count: number) => ({ count, identity, mtu: null });

  it.each([
    {
      name: 'from what is left to what was persisted',
      steps: planFallback({ ...pf, existing: 2 }, journal(4, 7, 4), persisted(4), table),
      expected: 'check holders, write 0, await 0 VFs, write 4, read back 4, await 4 VFs, read back 4, PF up',
    },
    {
      name: 'from a number persisted already',
      steps: planFallback({ ...pf, existing: 7 }, journal(4, 7, 4), persisted(7), table),
      expected: 'persist 4, check holders, write 0, await 0 VFs, write 4, read back 4, await 4 VFs, read back 4, PF up',
    },
    {
      name: 'to zero, unmanaged as before',
      steps: planFallback({ ...pf, existing: 2 }, journal(0, 7, null), persisted(7), table),
      expected: 'unpersist, check holders, write 0, await 0 VFs, read back 0, PF up',
    },
    {
      name: 'touches no VF when the number is there',
      steps: planFallback({ ...pf, existing: 4 }, journal(4, 7, null), null, table),
      expected: 'read back 4, PF up',
    },
  ])('$name', ({ steps, expected }) => expect(names(steps)).toBe(expected));

  it('F49: keeps what was persisted for another card', () => {
    const other = { count: 4, identity: { ...identity, mac: null, deviceId: '0x1521' }, mtu: null };
    const change = { ...journal(0, 7, null), persistedBefore: other };
    expect(planFallback(pf, change, persisted(4), table)[0]).toEqual({ kind: 'persist', ...other });
  });
});

describe('a restore', () => {
  it.each([
    {
      existing: 0,
      persisted: 3,
      expected: 'check holders, write 3, read back 3, await 3 VFs, await 3 netdevs, read back 3, PF up',
    },
    { existing: 3, persisted: 3, expected: 'read back 3, PF up' },
    { existing: 3, persisted: 0, expected: 'check holders, write 0, await 0 VFs, read back 0, PF up' },
  ])('from $existing to $persisted', ({ existing, persisted, expected }) => {
    expect(names(planRestore({ ...pf, existing }, { count: persisted, mtu: null }, table))).toBe(expected);
  });
});

describe('a change of the MTU', () => {
  const withMtu = (existing: number, wanted: number, mtu: number) => {
    const change = { journal: journal(existing, wanted, existing, 9000), open: null };
    const planned = planNumVfs({ ...pf, existing, mtu }, change, table);
    return planned.ok ? names(planned.steps) : planned.failure.kind;
  };

  it.each([
    {
      name: 'alone touches no VF, once their holders are looked at',
      steps: withMtu(4, 4, 1500),
      expected: 'check holders, journal, set MTU 9000, read back MTU 9000, read back 4, PF up, persist 4, settle',
    },
    {
      name: 'comes before VFs are made',
      steps: withMtu(4, 2, 1500),
      expected:
        'check holders, journal, write 0, await 0 VFs, set MTU 9000, read back MTU 9000, write 2, read back 2, await 2 VFs, await 2 netdevs, read back 2, PF up, persist 2, settle',
    },
    {
      name: 'comes after VFs are removed',
      steps: withMtu(4, 0, 1500),
      expected:
        'check holders, journal, write 0, await 0 VFs, set MTU 9000, read back MTU 9000, read back 0, PF up, persist 0, settle',
    },
    {
      name: 'is none when the PF has it',
      steps: withMtu(4, 4, 9000),
      expected: 'read back 4, PF up, persist 4, settle',
    },
  ])('$name', ({ steps, expected }) => expect(steps).toBe(expected));

  it('is persisted beside the number', () => {
    const change = { journal: journal(4, 4, 4, 9000), open: null };
    const planned = planNumVfs({ ...pf, existing: 4, mtu: 1500 }, change, table);
    expect(planned.ok && planned.steps).toContainEqual({ kind: 'persist', count: 4, identity, mtu: 9000 });
  });

  it('that was cut off is set where VFs were made already, once their holders are looked at', () => {
    const change = journal(0, 4, 0, 9000);
    expect(names(planFinish({ ...pf, existing: 4, mtu: 1500 }, change, table))).toBe(
      'check holders, journal, set MTU 9000, read back MTU 9000, await 4 VFs, await 4 netdevs, read back 4, PF up, persist 4, settle',
    );
  });

  it.each([
    {
      name: 'with the number',
      back: { ...pf, existing: 2, mtu: 9000 },
      expected:
        'persist 4, check holders, write 0, await 0 VFs, set MTU 1500, read back MTU 1500, write 4, read back 4, await 4 VFs, read back 4, PF up',
    },
    {
      name: 'where the number holds',
      back: { ...pf, existing: 4, mtu: 9000 },
      expected: 'persist 4, check holders, set MTU 1500, read back MTU 1500, read back 4, PF up',
    },
    { name: 'which it has again', back: { ...pf, existing: 4, mtu: 1500 }, expected: 'persist 4, read back 4, PF up' },
  ])('is taken back $name', ({ back, expected }) => {
    const now = { count: 4, identity, mtu: 9000 };
    expect(names(planFallback(back, journal(4, 4, 4, 9000), now, table))).toBe(expected);
  });
});
