import { expect, it } from 'vitest';
import { explainAll, explainVmFailure, type VmFailureSeen, withLeftovers } from './vm-failures.ts';

const vf = '0000:05:10.0';
/** One of each kind: a kind that is missing here does not compile. */
const ONE_OF_EACH: { [Kind in VmFailureSeen['kind']]: VmFailureSeen & { kind: Kind } } = {
  outdated: { kind: 'outdated', attempt: 1, kept: 2 },
  'attempt-over': { kind: 'attempt-over', attempt: 1 },
  'fence-outdated': { kind: 'fence-outdated', vf, fence: 1, kept: 2 },
  'fence-cleaned': { kind: 'fence-cleaned', vf, fence: 1 },
  'fence-below-floor': { kind: 'fence-below-floor', vf, fence: 1, floor: 3 },
  'no-hypervisor': { kind: 'no-hypervisor' },
  'no-floor': { kind: 'no-floor' },
  'vf-missing': { kind: 'vf-missing', vf },
  'vf-twice': { kind: 'vf-twice', vf },
  'vf-held': { kind: 'vf-held', vf, by: 'domain vm2' },
  'vlan-invalid': { kind: 'vlan-invalid', vnic: 'nic1', vlanId: 4095 },
  'pf-changing': { kind: 'pf-changing', pf: '0000:05:00.0' },
  'domain-of-other-run': { kind: 'domain-of-other-run', attempt: null },
  'domain-ended': { kind: 'domain-ended', attempt: 1 },
  'no-domain': { kind: 'no-domain' },
  'plugged-otherwise': { kind: 'plugged-otherwise', vnic: 'nic1', vf },
  'vfs-plugged': { kind: 'vfs-plugged', vfs: [vf] },
  'set-refused': { kind: 'set-refused', vf, settings: { trust: true }, errno: 'EOPNOTSUPP', isUnsupported: true },
  'not-told': { kind: 'not-told', vf, properties: ['trust'] },
  'not-read-back': { kind: 'not-read-back', vf, differences: [{ name: 'vlanId', wanted: '100', seen: '0' }] },
  'bind-refused': { kind: 'bind-refused', vf, to: 'vfio-pci', errno: 'ENODEV' },
  'bound-otherwise': { kind: 'bound-otherwise', vf, to: 'network', driver: null },
  guest: { kind: 'guest', work: 'start', message: 'no such disk' },
  'guest-keeps': { kind: 'guest-keeps', vnics: [{ vnicId: 'v1', message: null }] },
  'still-here': { kind: 'still-here' },
  'lost-on-the-way': { kind: 'lost-on-the-way' },
  interrupted: { kind: 'interrupted' },
  rebooted: { kind: 'rebooted' },
  overtaken: { kind: 'overtaken' },
  'state-file': { kind: 'state-file', problem: 'the disk is full', remedy: 'Make room.' },
  'host-fault': { kind: 'host-fault', problem: 'the daemon is away' },
};

it.each(Object.values(ONE_OF_EACH))('tells code, cause and remedy of $kind', (seen) => {
  const { code, cause, remedy } = explainVmFailure(seen);
  expect(code).toMatch(/^[A-Z][A-Z_]+$/);
  expect(cause).toMatch(/^\S.*[^.]$/);
  expect(remedy).toMatch(/\.$/);
  if ('vf' in seen && seen.vf) expect(cause).toContain(seen.vf);
});

it('names the errno where there is one, and the codes others rely on', () => {
  expect(explainVmFailure(ONE_OF_EACH['set-refused'])).toMatchObject({
    code: 'EOPNOTSUPP',
    cause: expect.stringContaining('trust true'),
  });
  expect(explainVmFailure(ONE_OF_EACH['bind-refused']).code).toBe('ENODEV');
  expect(explainVmFailure(ONE_OF_EACH['guest-keeps']).code).toBe('GUEST_REFUSED_UNPLUG');
  expect(explainVmFailure(ONE_OF_EACH.outdated).code).toBe('OUTDATED');
  expect(explainVmFailure(ONE_OF_EACH['no-floor']).code).toBe('NO_FENCE_FLOOR');
  expect(explainVmFailure(ONE_OF_EACH['no-hypervisor']).code).toBe('NO_HYPERVISOR');
});

it('tells several as one, each cause and remedy once, and what could not be taken back', () => {
  const both = explainAll([ONE_OF_EACH['vf-missing'], ONE_OF_EACH['fence-cleaned'], ONE_OF_EACH['vf-missing']]);
  expect(both.code).toBe('VF_MISSING');
  expect(both.cause.split('; ')).toHaveLength(2);
  expect(withLeftovers(both, [])).toEqual(both);
  const left = withLeftovers(both, [ONE_OF_EACH['vf-held']]);
  expect(left.cause).toContain('Taking it back failed too: 0000:05:10.0 is held by domain vm2');
  expect(left.code).toBe('VF_MISSING');
});

it('tells of a refusal by the hypervisor what more is known of it, instead of what is true of all', () => {
  const because = { code: 'BRIDGE_MISSING', remedy: 'Make the bridge.' };
  expect(explainVmFailure({ kind: 'guest', work: 'start', message: 'no such device', because })).toEqual({
    code: 'BRIDGE_MISSING',
    cause: 'starting the domain failed: no such device',
    remedy: 'Make the bridge.',
  });
});
