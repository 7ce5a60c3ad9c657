import { describe, expect, it } from 'vitest';
import { domainWith, FRESH, LIMITS, ofRun, PF, preparedFence, seenWith } from '../testing/vm-seen.ts';
import { onBridge, onVf, vfAt } from '../testing/vms-under-test.ts';
import { planStart } from './plan-start.ts';
import { cleanedFence } from './vf-fence.ts';
import { wantedSettings } from './vf-settings.ts';
import { endStep, type VmRecord } from './vm-record.ts';
import type { VmSeen } from './vm-step.ts';

const on0 = onVf(0, 7);
const on1 = onVf(1, 8);
const spec = { domainXml: null, numaNode: null, interfaces: [on0, onBridge('b1'), on1] };
const of = { ...ofRun('s1'), ...spec };
const begun: VmRecord = {
  ...{ vm: of.vm, placementId: 'p1', attempt: 1, state: 'starting', machineBoot: 'boot-1', ended: [] },
  open: { kind: 'start', step: 's1', interfaces: spec.interfaces },
};
const running = endStep(begun, 'running', { step: 's1', outcome: { result: 'done' } });

const planned = (seen: VmSeen, interfaces = spec.interfaces) => planStart({ ...of, interfaces }, seen, LIMITS);
const failures = (seen: VmSeen, interfaces = spec.interfaces) => {
  const plan = planned(seen, interfaces);
  return plan.ok ? [] : plan.failures.map(({ kind }) => kind);
};

describe('given VFs as they were made, a start', () => {
  const vf0 = { pciAddress: vfAt(0), pfAddress: PF };
  const vf1 = { pciAddress: vfAt(1), pfAddress: PF };
  const applied = [
    { kind: 'apply', vf: vf0, wanted: wantedSettings(on0) },
    { kind: 'apply', vf: vf1, wanted: wantedSettings(on1) },
  ];
  const fenceOf = (vf: number, fence: number) =>
    preparedFence(vf, fence, {
      before: { settings: FRESH, driver: 'igbvf' },
      holder: { vm: of.vm, vnic: { id: `vnic-${vf}`, name: `nic${vf}` } },
    });

  it('keeps record and fences, prepares all, starts paused, sets again, and only then lets run', () => {
    expect(planned(seenWith())).toEqual({
      ok: true,
      steps: [
        { kind: 'keep-record', record: begun },
        {
          kind: 'keep-fences',
          fences: [
            { pciAddress: vfAt(0), fence: fenceOf(0, 7) },
            { pciAddress: vfAt(1), fence: fenceOf(1, 8) },
          ],
        },
        { kind: 'check-floor', claims: [on0.claim, on1.claim] },
        { kind: 'check-pf', pfAddress: PF },
        { kind: 'pf-up', pfAddress: PF },
        ...applied,
        { kind: 'bind', vf: vf0, to: 'vfio-pci', deadlineMs: 5 },
        { kind: 'bind', vf: vf1, to: 'vfio-pci', deadlineMs: 5 },
        {
          kind: 'start-paused',
          spec: { ...spec, vm: of.vm, placementId: 'p1', attempt: 1 },
          deadlineMs: 1,
        },
        ...applied,
        { kind: 'resume', deadlineMs: 1 },
        { kind: 'keep-record', record: running },
      ],
    });
  });

  it('without VFs touches none', () => {
    const plan = planned(seenWith({ floor: null }), [onBridge('b1')]);
    expect(plan.ok && plan.steps.map(({ kind }) => kind)).toEqual([
      'keep-record',
      'start-paused',
      'resume',
      'keep-record',
    ]);
  });

  it('binds no VF that is bound already, and keeps that it was', () => {
    const { vf } = seenWith().vfs.get(vfAt(0)) ?? {};
    const plan = planned(seenWith({}, { 0: { vf: vf ? { ...vf, driver: 'vfio-pci' } : null } }), [on0]);
    const steps = plan.ok ? plan.steps : [];
    expect(steps.some(({ kind }) => kind === 'bind')).toBe(false);
    expect(steps[1]).toMatchObject({ fences: [{ fence: { before: { driver: 'vfio-pci' } } }] });
  });
});

describe('a start is refused', () => {
  it.each<{ given: string; seen: VmSeen; expected: string[] }>([
    { given: 'an unknown floor', seen: seenWith({ floor: null }), expected: ['no-floor'] },
    { given: 'a floor above one', seen: seenWith({ floor: 7 }), expected: ['fence-below-floor'] },
    { given: 'a later fence', seen: seenWith({}, { 0: { fence: preparedFence(0, 9) } }), expected: ['fence-outdated'] },
    {
      given: 'a fence that was cleaned',
      seen: seenWith({}, { 1: { fence: cleanedFence(on1.claim, 'boot-1') } }),
      expected: ['fence-cleaned'],
    },
    { given: 'no VF there', seen: seenWith({}, { 1: { vf: null } }), expected: ['vf-missing'] },
    {
      given: 'a VF in another domain',
      seen: seenWith({}, { 1: { heldBy: { vmId: 'vm2', name: 'domain vm2' } } }),
      expected: ['vf-held'],
    },
    {
      given: 'a VF that a process has open',
      seen: seenWith({}, { 0: { heldBy: { vmId: null, name: 'dpdk' } } }),
      expected: ['vf-held'],
    },
    {
      given: 'a domain of an earlier attempt',
      seen: seenWith({ domain: domainWith([], { attempt: null }) }),
      expected: ['domain-of-other-run'],
    },
    { given: 'this attempt running, and no domain', seen: seenWith({ record: running }), expected: ['domain-ended'] },
    {
      given: 'several at once',
      seen: seenWith({ floor: 8 }, { 0: { vf: null, fence: preparedFence(0, 9) } }),
      expected: ['fence-outdated', 'fence-below-floor', 'vf-missing', 'fence-below-floor'],
    },
  ])('given $given', ({ seen, expected }) => {
    expect(failures(seen)).toEqual(expected);
  });

  it('given one VF for two interfaces, or a VLAN that no network may have', () => {
    expect(failures(seenWith(), [on0, { ...onVf(0, 7), vnic: { id: 'x', name: 'x' } }])).toEqual(['vf-twice']);
    for (const vlanId of [0, 4095]) {
      expect(failures(seenWith(), [onVf(0, 7, { network: { id: 'n', name: 'n', vlanId, mtu: 1500 } })])).toEqual([
        'vlan-invalid',
      ]);
    }
  });
});

it('given the attempt running, a start as another step leaves it running', () => {
  const plan = planStart({ ...of, step: 's2' }, seenWith({ record: running, domain: domainWith([0, 1]) }), LIMITS);
  expect(plan).toEqual({
    ok: true,
    steps: [{ kind: 'keep-record', record: endStep(running, 'running', { step: 's2', outcome: { result: 'done' } }) }],
  });
});
