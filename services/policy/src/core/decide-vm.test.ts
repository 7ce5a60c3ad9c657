import { describe, expect, it } from 'vitest';
import { sampleCluster, sampleProfile, sampleVm, sampleVnic } from '../testing/sample-vm.ts';
import { noSuchCluster } from './decide-cluster.ts';
import { brokenVmRemovalRules, decideAddVm, decideUpdateVm, type VmRelated } from './decide-vm.ts';
import type { StoredVm } from './vm.ts';

const NO_CLUSTER = { ok: false as const, refusals: [noSuchCluster('nope')] };
const PROFILES = [
  sampleProfile(),
  sampleProfile({ passThrough: 'preferred' }),
  sampleProfile({ id: 'f', failoverId: 'x' }),
];

function related(cluster: object = {}, change: Partial<VmRelated> = {}): VmRelated {
  const profiles = new Map(PROFILES.map((profile) => [profile.id, profile]));
  return { cluster: { ok: true, cluster: sampleCluster(cluster) }, profiles, namesake: undefined, ...change };
}

function codesOf(decision: { ok: true } | { ok: false; refusals: { code: string }[] }): string[] {
  return decision.ok ? [] : decision.refusals.map(({ code }) => code);
}

describe('a VM is added', () => {
  it('with what was said and nothing else, running nowhere', () => {
    const fields = { name: 'vm-1', numa_node: 1, policy: 'spread' as const, domain_xml: '<domain/>' };
    const decision = decideAddVm({ vmId: 'v1', fields }, { ...related(), holder: undefined });
    const vm = sampleVm([], { numaNode: 1, policy: 'spread', domainXml: '<domain/>' });
    expect(decision).toEqual({ ok: true, vm });
  });

  it.each([
    ['in a cluster that is not there', { cluster: NO_CLUSTER }, ['CLUSTER_NOT_EXIST']],
    ['by a name another one has', { namesake: 'v7' }, ['VM_NAME_IN_USE']],
    ['by an id another one has', { holder: sampleVm() }, ['ID_ALREADY_USED']],
    [
      'with all of that',
      { cluster: NO_CLUSTER, namesake: 'v7', holder: sampleVm() },
      ['CLUSTER_NOT_EXIST', 'ID_ALREADY_USED', 'VM_NAME_IN_USE'],
    ],
  ])('not %s', (_, change, codes) => {
    const decision = decideAddVm(
      { vmId: 'v1', fields: { name: 'vm-1' } },
      { ...related(), holder: undefined, ...change },
    );
    expect(codesOf(decision)).toEqual(codes);
  });
});

describe('a VM is changed', () => {
  it('in what was said, and its revision rises', () => {
    const vm = sampleVm([sampleVnic(1)], { numaNode: 3 });
    const decision = decideUpdateVm(vm, { fields: { name: 'web', numa_node: null } }, related());
    expect(decision).toEqual({ ok: true, vm: { ...vm, name: 'web', numaNode: null, revision: 2 } });
  });

  it('not when everything is so already', () => {
    const decision = decideUpdateVm(sampleVm(), { fields: { name: 'vm-1', policy: null } }, related());
    expect(decision).toEqual({ ok: true, vm: undefined });
  });

  const running = { placementId: 'p1' };
  const cases: [string, StoredVm, VmRelated, string[], string?][] = [
    ['to another cluster', sampleVm(), related({ id: 'c2' }), []],
    ['to a cluster that is not there', sampleVm(), related({}, { cluster: NO_CLUSTER }), ['CLUSTER_NOT_EXIST']],
    ['to another cluster while it runs', sampleVm([], running), related({ id: 'c2' }), ['VM_IS_RUNNING'], 'Default'],
    ['in its cluster while it runs', sampleVm([], running), related(), []],
    ['to a name another one has', sampleVm(), related({}, { namesake: 'v7' }), ['VM_NAME_IN_USE'], 'v7'],
    [
      'to a cluster too old for passthrough, naming the vNICs',
      sampleVm([
        sampleVnic(1, { profileId: 'preferred' }),
        sampleVnic(2),
        sampleVnic(3, { interface: 'pci_passthrough' }),
      ]),
      related({ id: 'c2', compatibilityVersion: '3.5' }),
      ['PASSTHROUGH_NOT_SUPPORTED_BY_CLUSTER_LEVEL'],
      'nic1, nic3 of the virtual machine vm-1',
    ],
    [
      'to a cluster too old for failover',
      sampleVm([sampleVnic(1, { profileId: 'f' })]),
      related({ id: 'c2', compatibilityVersion: '4.5' }),
      ['FAILOVER_NOT_SUPPORTED_BY_CLUSTER_LEVEL'],
      '4.5',
    ],
    [
      'to an old cluster without needing more of it',
      sampleVm([sampleVnic(1, { profileId: 'disabled' })]),
      related({ id: 'c2', compatibilityVersion: '3.0' }),
      [],
    ],
    [
      'with all of that at once',
      sampleVm([sampleVnic(1, { profileId: 'f', interface: 'pci_passthrough' })], { ...running, revision: 9 }),
      related({ id: 'c2', compatibilityVersion: '3.0' }, { namesake: 'v7' }),
      [
        'PRECONDITION_FAILED',
        'VM_NAME_IN_USE',
        'VM_IS_RUNNING',
        'PASSTHROUGH_NOT_SUPPORTED_BY_CLUSTER_LEVEL',
        'FAILOVER_NOT_SUPPORTED_BY_CLUSTER_LEVEL',
      ],
    ],
  ];
  it.each(cases)('%s', (_, vm, beside, codes, detail = '') => {
    const decision = decideUpdateVm(vm, { fields: { name: 'web' }, ifVersion: 1 }, beside);
    expect(codesOf(decision)).toEqual(codes);
    expect(decision.ok ? '' : decision.refusals.map((refusal) => refusal.detail).join(' ')).toContain(detail);
  });
});

describe('a VM is removed', () => {
  it.each([
    ['when it does not run', {}, {}, []],
    ['not while it runs', { placementId: 'p1' }, {}, ['VM_IS_RUNNING']],
    ['not as another version', {}, { ifVersion: 2 }, ['PRECONDITION_FAILED']],
    ['not for either', { placementId: 'p1' }, { ifVersion: 2 }, ['PRECONDITION_FAILED', 'VM_IS_RUNNING']],
  ])('%s', (_, vm, request, codes) => {
    expect(brokenVmRemovalRules(sampleVm([], vm), request).map(({ code }) => code)).toEqual(codes);
  });
});
