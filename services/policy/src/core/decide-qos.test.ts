import { describe, expect, it } from 'vitest';
import { decideUpdateQos, noSuchQos, qosAdditionRefusals, qosRemovalRefusals, qosTaken } from './decide-qos.ts';
import { newQos, qosView } from './qos.ts';

const LIMIT = { average: 100, peak: 200, burst: 10 };
const GOLD = newQos('q1', { name: 'gold', inbound: LIMIT });
const UPLINK = newQos('q2', { name: 'uplink', type: 'host_network', linkshare: 50, upper_limit: 1000, realtime: 1000 });

const FREE = { holder: undefined, namesake: undefined };

const codes = (refusals: { code: string }[]) => refusals.map(({ code }) => code);

describe('a new QoS', () => {
  it('limits VMs and nothing unless told', () => {
    expect(qosView(newQos('q3', { name: 'none' }))).toEqual({
      ...{ id: 'q3', name: 'none', description: '', type: 'vm_network' },
      ...{ inbound: null, outbound: null, linkshare: null, upper_limit: null, realtime: null },
    });
  });

  it.each([GOLD, UPLINK, newQos('q3', { name: 'flat', outbound: { ...LIMIT, peak: 100 } })])('may be as $name', (qos) =>
    expect(qosAdditionRefusals(qos, FREE)).toEqual([]),
  );

  it.each([
    ['a share for VMs', { linkshare: 5 }, '`linkshare` is not of the type vm_network'],
    ['an upper limit for VMs', { upper_limit: 5 }, '`upper_limit` is not of the type vm_network'],
    ['a realtime rate for VMs', { realtime: 5 }, '`realtime` is not of the type vm_network'],
    ['inbound for hosts', { type: 'host_network', inbound: LIMIT }, '`inbound` is not of the type host_network'],
    ['outbound for hosts', { type: 'host_network', outbound: LIMIT }, '`outbound` is not of the type host_network'],
    [
      'an inbound peak below',
      { inbound: { ...LIMIT, peak: 99 } },
      'the peak of `inbound` (99) is below its average (100)',
    ],
    ['an outbound peak below', { outbound: { ...LIMIT, peak: 99 } }, 'the peak of `outbound` (99)'],
    [
      'realtime above',
      { type: 'host_network', realtime: 6, upper_limit: 5 },
      '`realtime` (6) is above `upper_limit` (5)',
    ],
  ] as const)('is refused with %s', (_, fields, detail) => {
    const refusals = qosAdditionRefusals(newQos('q3', { name: 'odd', ...fields }), FREE);
    expect(refusals).toMatchObject([{ code: 'QOS_VALUES_CONTRADICT', detail: expect.stringContaining(detail) }]);
  });

  it('is refused for every contradiction at once, and for its id', () => {
    const odd = newQos('q1', {
      name: 'odd',
      linkshare: 5,
      inbound: { ...LIMIT, peak: 1 },
      realtime: 6,
      upper_limit: 5,
    });
    const refusals = qosAdditionRefusals(odd, { holder: GOLD, namesake: 'q9' });
    expect(codes(refusals)).toEqual(['ID_ALREADY_USED', 'QOS_NAME_IN_USE', 'QOS_VALUES_CONTRADICT']);
    for (const named of ['linkshare', 'upper_limit', 'peak', '(6)']) expect(refusals[2]?.detail).toContain(named);
  });
});

describe('a change of a QoS', () => {
  const unsaid = { fields: {}, namesake: undefined };

  it('raises its version, keeps what is absent and loses what is null', () => {
    const decision = decideUpdateQos(GOLD, { ...unsaid, fields: { inbound: null, outbound: LIMIT } });
    expect(decision).toEqual({ ok: true, qos: { ...GOLD, inbound: null, outbound: LIMIT, revision: 2 } });
    const limits = { linkshare: null, upper_limit: null, realtime: null };
    expect(decideUpdateQos(UPLINK, { ...unsaid, fields: limits })).toMatchObject({
      qos: { linkshare: null, upperLimit: null, realtime: null },
    });
  });

  it.each([GOLD, UPLINK])('is none when everything of $name is so already', (qos) => {
    const { id: _, ...fields } = qosView(qos);
    expect(decideUpdateQos(qos, { ...unsaid, fields })).toEqual({ ok: true, qos: undefined });
  });

  it.each([
    ['another version', { ifVersion: 7 }, ['PRECONDITION_FAILED']],
    ['a name that is used', { fields: { name: 'silver' }, namesake: 'q9' }, ['QOS_NAME_IN_USE']],
    ['another type', { fields: { type: 'host_network' as const } }, ['CANNOT_CHANGE_QOS_TYPE']],
    ['a contradiction with what it has', { fields: { inbound: { ...LIMIT, peak: 1 } } }, ['QOS_VALUES_CONTRADICT']],
    [
      'everything',
      { fields: { type: 'host_network' as const, realtime: 5 }, ifVersion: 7, namesake: 'q9' },
      ['PRECONDITION_FAILED', 'QOS_NAME_IN_USE', 'CANNOT_CHANGE_QOS_TYPE', 'QOS_VALUES_CONTRADICT'],
    ],
  ])('is refused for %s', (_, change, told) => {
    const decision = decideUpdateQos(GOLD, { ...unsaid, ...change });
    expect(decision.ok ? [] : codes(decision.refusals)).toEqual(told);
  });
});

describe('removing a QoS', () => {
  const unused = { qos: GOLD, networks: [], vnicProfiles: [] };

  it.each([
    ['allowed when nobody uses it', {}, []],
    [
      'refused for another version',
      { ifVersion: 7 },
      ['The QoS gold is at version 1; the change was made for version 7.'],
    ],
    ['refused by networks', { networks: ['red', 'blue'] }, ['The QoS gold is used by the networks red, blue.']],
    ['refused by profiles', { vnicProfiles: ['fast'] }, ['The QoS gold is used by the vNIC profiles fast.']],
    [
      'refused by both',
      { networks: ['red'], vnicProfiles: ['fast'] },
      ['The QoS gold is used by the networks red and the vNIC profiles fast.'],
    ],
  ])('is %s', (_, change, details) => {
    expect(qosRemovalRefusals({ ...unused, ...change }).map(({ detail }) => detail)).toEqual(details);
  });

  it('tells the codes of every reason', () => {
    const refusals = qosRemovalRefusals({ ...unused, networks: ['red'], ifVersion: 7 });
    expect(codes(refusals)).toEqual(['PRECONDITION_FAILED', 'QOS_IN_USE']);
  });
});

it('names a QoS that is not there, and one that has the name', () => {
  expect(noSuchQos('gold')).toMatchObject({ code: 'QOS_NOT_EXIST', detail: expect.stringContaining('gold') });
  expect(qosTaken(GOLD, { value: 'gold', holder: 'q9' })).toMatchObject({ code: 'QOS_NAME_IN_USE' });
});
