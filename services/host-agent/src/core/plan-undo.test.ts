import { describe, expect, it } from 'vitest';
import { BOOT, domainWith, FRESH, LIMITS, PF, preparedFence, seenVf, seenWith } from '../testing/vm-seen.ts';
import { claimOf, onBridge, onVf, vfAt } from '../testing/vms-under-test.ts';
import { judgeClean, planClean } from './plan-clean.ts';
import { giveBack, planGiveBack, planUndoAttach } from './plan-undo.ts';
import { cleanedFence, type Fence } from './vf-fence.ts';
import type { SeenVf } from './vm-step.ts';

const bound: SeenVf['vf'] = {
  pciAddress: vfAt(0),
  pfAddress: PF,
  driver: 'vfio-pci',
  settings: { ...FRESH, vlanId: 100 },
};
const prepared = (vf: number, fence: number, more: Partial<SeenVf> = {}): Partial<SeenVf> => ({
  fence: preparedFence(vf, fence),
  vf: bound && { ...bound, pciAddress: vfAt(vf) },
  ...more,
});
const interfaces = [onVf(0, 7), onBridge('b1'), onVf(1, 8)];
const domain0 = { vmId: 'vm1', name: 'domain vm1' };

describe('given back in reverse', () => {
  it('are the VFs that were touched: settings before the driver', () => {
    const { steps, left } = planGiveBack(interfaces, seenWith({}, { 0: prepared(0, 7), 1: prepared(1, 8) }), LIMITS);
    expect(left).toEqual([]);
    expect(steps).toEqual(
      [1, 0].flatMap((vf) => [
        { kind: 'restore', vf: { pciAddress: vfAt(vf), pfAddress: PF }, before: FRESH },
        { kind: 'bind', vf: { pciAddress: vfAt(vf), pfAddress: PF }, to: 'network', deadlineMs: 5 },
      ]),
    );
  });

  it.each<{ given: string; vf: Partial<SeenVf> }>([
    { given: 'never touched', vf: { fence: null } },
    { given: 'touched with another fence only', vf: prepared(0, 9) },
    { given: 'cleaned meanwhile', vf: prepared(0, 7, { fence: cleanedFence(claimOf(0, 7), BOOT) }) },
    { given: 'made anew since', vf: prepared(0, 7, { fence: preparedFence(0, 7, { machineBoot: 'boot-0' }) }) },
    { given: 'gone', vf: prepared(0, 7, { vf: null }) },
  ])('is none that was $given', ({ vf }) => {
    expect(planGiveBack([onVf(0, 7)], seenWith({}, { 0: vf }), LIMITS)).toEqual({ steps: [], left: [] });
  });

  it('is none that a domain holds still: it is told', () => {
    const seen = seenWith({}, { 0: prepared(0, 7, { heldBy: domain0 }), 1: prepared(1, 8) });
    const { steps, left } = planGiveBack(interfaces, seen, LIMITS);
    expect(new Set(steps.map((step) => 'vf' in step && step.vf.pciAddress))).toEqual(new Set([vfAt(1)]));
    expect(left).toEqual([{ kind: 'vf-held', vf: vfAt(0), by: 'domain vm1' }]);
  });

  it.each([
    { before: 'igbvf', now: 'vfio-pci', binds: true },
    { before: 'igbvf', now: null, binds: true },
    { before: 'igbvf', now: 'igbvf', binds: false },
    { before: null, now: null, binds: false },
    { before: null, now: 'vfio-pci', binds: true },
    { before: 'vfio-pci', now: 'vfio-pci', binds: false },
  ])('a VF that was bound to $before and is to $now is bound again: $binds', ({ before, now, binds }) => {
    const vf = { pciAddress: vfAt(0), pfAddress: PF, driver: now };
    const kinds = giveBack(vf, { settings: FRESH, driver: before }, LIMITS).map(({ kind }) => kind);
    expect(kinds).toEqual(binds ? ['restore', 'bind'] : ['restore']);
  });
});

it('unplugs all of a failed attachment, for what is not there may come yet', () => {
  const seen = seenWith({ domain: domainWith([0]), vnicIds: ['vnic-0', 'other'] });
  const unplug = { kind: 'detach', vnicIds: ['vnic-0', 'b1', 'vnic-1'], keepTwins: false, deadlineMs: 4 };
  expect(planUndoAttach(interfaces, seen, LIMITS)).toEqual([unplug]);
  expect(planUndoAttach(interfaces, seenWith(), LIMITS)).toEqual([]);
  expect(planUndoAttach(interfaces, seenWith({ domain: domainWith() }), LIMITS)).toEqual([unplug]);
});

describe('a claim that is to be cleaned', () => {
  it.each<{ given: string; kept: Fence | null; expected: string }>([
    { given: 'nothing', kept: null, expected: 'record' },
    { given: 'an earlier one cleaned', kept: cleanedFence(claimOf(0, 6), BOOT), expected: 'record' },
    { given: 'an earlier one not cleaned', kept: preparedFence(0, 6), expected: 'look' },
    { given: 'itself prepared', kept: preparedFence(0, 7), expected: 'look' },
    { given: 'itself cleaned', kept: cleanedFence(claimOf(0, 7), BOOT), expected: 'proven' },
    { given: 'a later one prepared', kept: preparedFence(0, 8), expected: 'proven' },
    { given: 'a later one cleaned', kept: cleanedFence(claimOf(0, 8), BOOT), expected: 'proven' },
  ])('given $given kept: $expected', ({ kept, expected }) => {
    expect(judgeClean(claimOf(0, 7), kept)).toBe(expected);
  });

  const plan = (more: Partial<SeenVf>) =>
    planClean(claimOf(0, 7), { ...seenVf(0), ...more }, { machineBoot: BOOT, limits: LIMITS });
  const recorded = {
    kind: 'keep-fences',
    fences: [{ pciAddress: vfAt(0), fence: cleanedFence(claimOf(0, 7), BOOT) }],
  };

  it('is held by who has it', () => {
    expect(plan(prepared(0, 7, { heldBy: domain0 }))).toEqual({ kind: 'held', by: 'domain vm1' });
  });

  it('is given back, and recorded last', () => {
    const cleaning = plan(prepared(0, 6));
    const steps = cleaning.kind === 'clean' ? cleaning.steps : [];
    expect(steps.map(({ kind }) => kind)).toEqual(['restore', 'bind', 'keep-fences']);
    expect(steps.at(-1)).toEqual(recorded);
  });

  it.each([
    { given: 'gone', vf: prepared(0, 7, { vf: null }) },
    { given: 'made anew', vf: prepared(0, 7, { fence: preparedFence(0, 7, { machineBoot: 'boot-0' }) }) },
  ])('of a VF that is $given is only recorded', ({ vf }) => {
    expect(plan(vf)).toEqual({ kind: 'clean', steps: [recorded] });
  });
});
