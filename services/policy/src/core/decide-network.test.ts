import { describe, expect, it } from 'vitest';
import {
  decideAddNetwork,
  decideUpdateNetwork,
  networkRemovalRefusals,
  networkTaken,
  noSuchNetwork,
  type WantedQos,
} from './decide-network.ts';
import { newNetwork } from './network.ts';
import { newQos } from './qos.ts';

const RED = newNetwork('n1', { name: 'red', vlan_id: 100 }, null);
const AS_IT_IS: WantedQos = { kind: 'as-it-is' };
const HOST_QOS: WantedQos = { kind: 'found', qos: newQos('q1', { name: 'uplink', type: 'host_network' }) };
const VM_QOS: WantedQos = { kind: 'found', qos: newQos('q2', { name: 'gold' }) };
const UNKNOWN: WantedQos = { kind: 'unknown', ref: 'silver' };

const codes = (refusals: { code: string }[]) => refusals.map(({ code }) => code);
const asked = { fields: {}, namesake: undefined, qos: AS_IT_IS, passthroughProfiles: [] };
const made = { fields: { name: 'blue' }, namesake: undefined, qos: AS_IT_IS, holder: undefined };

describe('making a network', () => {
  it.each([
    ['without a QoS', AS_IT_IS, null],
    ['with none', { kind: 'none' } as const, null],
    ['with one of the type host_network', HOST_QOS, 'q1'],
  ])('%s', (_, qos, qosId) => {
    const decision = decideAddNetwork('n2', { ...made, fields: { name: 'blue', mtu: 9000 }, qos });
    expect(decision).toMatchObject({ ok: true, network: { id: 'n2', revision: 1, name: 'blue', mtu: 9000, qosId } });
  });

  it.each([
    ['a QoS that does not exist', { qos: UNKNOWN }, 'QOS_NOT_EXIST', 'silver'],
    ['a QoS of VMs', { qos: VM_QOS }, 'QOS_TYPE_MISMATCH', 'gold is of the type vm_network'],
    ['an id that is used', { holder: RED }, 'ID_ALREADY_USED', 'red has the id n1'],
    ['a name that is used', { namesake: 'n9' }, 'NETWORK_NAME_IN_USE', 'id n9 is known as blue'],
  ])('is refused for %s', (_, change, code, named) => {
    const decision = decideAddNetwork('n1', { ...made, ...change });
    expect(decision).toMatchObject({ ok: false, refusals: [{ code, detail: expect.stringContaining(named) }] });
  });

  it('is refused for every reason at once', () => {
    const decision = decideAddNetwork('n1', { ...made, namesake: 'n9', qos: UNKNOWN, holder: RED });
    expect(decision).toMatchObject({
      refusals: [{ code: 'ID_ALREADY_USED' }, { code: 'NETWORK_NAME_IN_USE' }, { code: 'QOS_NOT_EXIST' }],
    });
  });
});

describe('a change of a network', () => {
  it.each([
    ['a field', { fields: { vlan_id: null } }, { vlanId: null }],
    ['its QoS', { qos: HOST_QOS }, { qosId: 'q1' }],
    [
      'port isolation that no passthrough profile suffers',
      { fields: { port_isolation: true } },
      { portIsolation: true },
    ],
  ])('of %s raises its version', (_, change, changed) => {
    expect(decideUpdateNetwork(RED, { ...asked, ...change })).toEqual({
      ok: true,
      network: { ...RED, ...changed, revision: 2 },
    });
  });

  it.each([
    ['an empty one', RED, {}],
    ['the same name', RED, { fields: { name: 'red' } }],
    ['the QoS it has', { ...RED, qosId: 'q1' }, { qos: HOST_QOS }],
    ['no QoS where none is', RED, { qos: { kind: 'none' } as const }],
    [
      'a role twice',
      { ...RED, roles: ['display' as const] },
      { fields: { roles: ['display' as const, 'display' as const] } },
    ],
  ])('is none: %s', (_, before, change) => {
    expect(decideUpdateNetwork(before, { ...asked, ...change })).toEqual({ ok: true, network: undefined });
  });

  it('takes the QoS away', () => {
    const decision = decideUpdateNetwork({ ...RED, qosId: 'q1' }, { ...asked, qos: { kind: 'none' } });
    expect(decision).toMatchObject({ network: { qosId: null, revision: 2 } });
  });

  it.each([
    ['another version', { ifVersion: 7 }, 'PRECONDITION_FAILED', 'version 7'],
    ['a name that is used', { fields: { name: 'blue' }, namesake: 'n9' }, 'NETWORK_NAME_IN_USE', 'known as blue'],
    ['a QoS that does not exist', { qos: UNKNOWN }, 'QOS_NOT_EXIST', 'silver'],
    ['a QoS of VMs', { qos: VM_QOS }, 'QOS_TYPE_MISMATCH', 'gold'],
    [
      'port isolation under passthrough profiles',
      { fields: { port_isolation: true }, passthroughProfiles: ['fast', 'faster'] },
      'PASSTHROUGH_PROFILE_NOT_SUPPORTS_PORT_ISOLATION',
      'red: fast, faster',
    ],
  ])('is refused for %s', (_, change, code, named) => {
    const decision = decideUpdateNetwork(RED, { ...asked, ...change });
    expect(decision).toMatchObject({ ok: false, refusals: [{ code, detail: expect.stringContaining(named) }] });
  });

  it('is refused for every reason at once', () => {
    const fields = { name: 'blue', port_isolation: true };
    const broken = { namesake: 'n9', qos: UNKNOWN, passthroughProfiles: ['fast'], ifVersion: 7 };
    const decision = decideUpdateNetwork(RED, { fields, ...broken });
    expect(decision.ok ? [] : codes(decision.refusals)).toEqual([
      'PRECONDITION_FAILED',
      'NETWORK_NAME_IN_USE',
      'QOS_NOT_EXIST',
      'PASSTHROUGH_PROFILE_NOT_SUPPORTS_PORT_ISOLATION',
    ]);
  });

  it('of a network that is isolated already asks nothing of its profiles', () => {
    const fields = { port_isolation: true, mtu: 9000 };
    const decision = decideUpdateNetwork(
      { ...RED, portIsolation: true },
      { ...asked, fields, passthroughProfiles: ['fast'] },
    );
    expect(decision).toMatchObject({ ok: true, network: { mtu: 9000 } });
  });
});

describe('removing a network', () => {
  it.each([
    ['allowed when no profile is on it', {}, []],
    ['refused for another version', { ifVersion: 7 }, ['PRECONDITION_FAILED']],
    ['refused under profiles', { vnicProfiles: ['fast'] }, ['NETWORK_IN_USE']],
    ['refused for both', { vnicProfiles: ['fast'], ifVersion: 7 }, ['PRECONDITION_FAILED', 'NETWORK_IN_USE']],
  ])('is %s', (_, change, told) => {
    expect(codes(networkRemovalRefusals({ network: RED, vnicProfiles: [], ...change }))).toEqual(told);
  });

  it('names the profiles', () => {
    const [refusal] = networkRemovalRefusals({ network: RED, vnicProfiles: ['fast', 'slow'] });
    expect(refusal?.detail).toBe('The network red is used by the vNIC profiles fast, slow.');
  });
});

it('names a network that is not there, and one that has the name', () => {
  expect(noSuchNetwork('red')).toMatchObject({ code: 'ACTION_TYPE_FAILED_NETWORK_NOT_EXIST' });
  expect(networkTaken(RED, { value: 'red', holder: 'n9' })).toMatchObject({ code: 'NETWORK_NAME_IN_USE' });
});
