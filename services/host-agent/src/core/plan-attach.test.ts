import { describe, expect, it } from 'vitest';
import { domainWith, LIMITS, ofRun, preparedFence, seenWith } from '../testing/vm-seen.ts';
import { onBridge, onVf, vfAt } from '../testing/vms-under-test.ts';
import { planAttach } from './plan-attach.ts';
import { planDetach } from './plan-detach.ts';
import { planMigrate } from './plan-migrate.ts';
import type { VmSeen } from './vm-step.ts';

const kindsOf = (plan: ReturnType<typeof planAttach>) =>
  plan.ok ? plan.steps.map(({ kind }) => kind) : plan.failures.map(({ kind }) => kind);
const held = { heldBy: { vmId: 'vm1', name: 'domain vm1' }, fence: preparedFence(0, 7) };
const withVf0: VmSeen = seenWith({ domain: domainWith([0]), vnicIds: ['vnic-0', 'b1'] }, { 0: held });

describe('a hot plug', () => {
  const attach = (seen: VmSeen, attempt = 1) =>
    planAttach({ ...ofRun('s1', attempt), interfaces: [onVf(0, 7), onBridge('b1'), onVf(1, 8)] }, seen, LIMITS);

  it('given some that are there, prepares, plugs and sets the others', () => {
    const plan = attach(withVf0);
    expect(kindsOf(plan)).toEqual([
      ...['keep-record', 'keep-fences', 'check-floor', 'check-pf', 'pf-up', 'apply', 'bind'],
      ...['attach', 'apply', 'keep-record'],
    ]);
    expect(plan.ok && plan.steps[0]).toMatchObject({ record: { open: { kind: 'attach', interfaces: [onVf(1, 8)] } } });
    expect(plan.ok && plan.steps[7]).toMatchObject({ plugged: onVf(1, 8), deadlineMs: 4 });
  });

  it('given all there, does nothing', () => {
    const all = seenWith({ domain: domainWith([0, 1]), vnicIds: ['vnic-0', 'b1', 'vnic-1'] }, { 0: held });
    expect(kindsOf(attach(all))).toEqual(['keep-record', 'keep-record']);
  });

  it('given a domain that came from another host, takes it over first', () => {
    const plan = attach(withVf0, 4);
    expect(plan.ok && plan.steps[1]).toEqual({ kind: 'adopt', of: { placementId: 'p1', attempt: 4 } });
  });

  it.each<{ given: string; seen: VmSeen; attempt?: number; expected: string[] }>([
    { given: 'no domain', seen: seenWith(), expected: ['no-domain'] },
    {
      given: 'a domain of a later attempt',
      seen: seenWith({ domain: domainWith([], { attempt: 2 }) }),
      expected: ['outdated'],
    },
    {
      given: 'one on another VF',
      seen: seenWith({
        domain: domainWith([], { vfs: [{ pciAddress: vfAt(5), vnicId: 'vnic-1' }] }),
        vnicIds: ['vnic-1'],
      }),
      expected: ['plugged-otherwise'],
    },
    {
      given: 'one on a bridge',
      seen: seenWith({ domain: domainWith([0]), vnicIds: ['vnic-0', 'b1', 'vnic-1'] }, { 0: held }),
      expected: ['plugged-otherwise'],
    },
    { given: 'an unknown floor', seen: { ...withVf0, floor: null }, expected: ['no-floor'] },
  ])('given $given, is refused', ({ seen, expected }) => {
    expect(kindsOf(attach(seen))).toEqual(expected);
  });
});

describe('a hot unplug', () => {
  const detach = (seen: VmSeen, { attempt = 1, keepTwins = false }: { attempt?: number; keepTwins?: boolean } = {}) =>
    planDetach({ ...ofRun('s1', attempt), vnicIds: ['vnic-0', 'gone'], keepTwins }, seen, LIMITS);

  it('before a move unplugs what is there, and no twins', () => {
    const unplug = { kind: 'detach', vnicIds: ['vnic-0'], keepTwins: true, deadlineMs: 4 };
    expect(detach(withVf0, { keepTwins: true })).toMatchObject({
      steps: [{ kind: 'keep-record' }, unplug, { kind: 'keep-record' }],
    });
    const none = detach(seenWith({ domain: domainWith() }), { keepTwins: true });
    expect(kindsOf(none)).toEqual(['keep-record', 'keep-record']);
  });

  it('asks for all, as the twin of one that is not there may be', () => {
    expect(detach(seenWith({ domain: domainWith() }))).toMatchObject({
      steps: [{}, { kind: 'detach', vnicIds: ['vnic-0', 'gone'], keepTwins: false }, {}],
    });
  });

  it('given no domain, or one of a later attempt, is refused', () => {
    expect(kindsOf(detach(seenWith()))).toEqual(['no-domain']);
    expect(kindsOf(detach(seenWith({ domain: domainWith([], { attempt: 2 }) })))).toEqual(['outdated']);
  });

  it('takes a domain over that came from another host', () => {
    expect(kindsOf(detach(withVf0, { attempt: 4 }))).toEqual(['keep-record', 'adopt', 'detach', 'keep-record']);
  });
});

describe('a migration', () => {
  const migrate = (seen: VmSeen) =>
    planMigrate({ ...ofRun('s1'), destination: { id: 'bravo', name: 'bravo' } }, seen, LIMITS);

  it('moves a domain without VFs, and its attempt is over here', () => {
    expect(migrate(seenWith({ domain: domainWith(), vnicIds: ['b1'] }))).toMatchObject({
      steps: [
        { record: { state: 'running', open: { kind: 'migrate' } } },
        { kind: 'migrate', destination: { id: 'bravo' }, deadlineMs: 6 },
        { record: { state: 'over', open: null } },
      ],
    });
  });

  it('given VFs that are plugged, or no domain, is refused', () => {
    expect(kindsOf(migrate(withVf0))).toEqual(['vfs-plugged']);
    expect(kindsOf(migrate(seenWith()))).toEqual(['no-domain']);
  });
});
