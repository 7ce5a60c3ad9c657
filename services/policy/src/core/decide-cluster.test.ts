import { describe, expect, it } from 'vitest';
import { changedCluster, clusterView, newCluster } from './cluster.ts';
import type { LevelCode } from './cluster-level.ts';
import {
  clusterAdditionRefusals,
  clusterRemovalRefusals,
  clusterTaken,
  decideUpdateCluster,
  levelsLost,
  noSuchCluster,
} from './decide-cluster.ts';

const PASSTHROUGH = 'PASSTHROUGH_NOT_SUPPORTED_BY_CLUSTER_LEVEL';
const FAILOVER = 'FAILOVER_NOT_SUPPORTED_BY_CLUSTER_LEVEL';
const CLUSTER = newCluster('c1', { name: 'prod' });

describe('a new cluster', () => {
  it('is of the newest level and packs, unless told', () => {
    const set = { compatibility_version: '4.7', policy: 'pack', require_carrier: false };
    const shown = { id: 'c1', name: 'prod', description: '', ...set };
    expect(clusterView(CLUSTER)).toEqual(shown);
    const fields = {
      name: 'lab',
      description: 'Tests',
      compatibility_version: '3.6',
      policy: 'spread' as const,
      require_carrier: true,
    };
    expect(clusterView(newCluster('c2', fields))).toEqual({ id: 'c2', ...fields });
  });

  it('is refused for its id and its name', () => {
    expect(clusterAdditionRefusals(CLUSTER, { holder: undefined, namesake: undefined })).toEqual([]);
    expect(clusterAdditionRefusals(CLUSTER, { holder: CLUSTER, namesake: 'c9' })).toMatchObject([
      { code: 'ID_ALREADY_USED', detail: expect.stringContaining('prod has the id c1') },
      { code: 'CLUSTER_NAME_IN_USE', detail: expect.stringContaining('id c9 is known as prod') },
    ]);
  });
});

describe('a change of a cluster', () => {
  const free = { namesake: undefined, needing: new Map<LevelCode, string[]>() };

  it('raises its version, and leaves what is absent', () => {
    const decision = decideUpdateCluster({ cluster: CLUSTER, fields: { policy: 'spread' }, ...free });
    expect(decision).toEqual({ ok: true, cluster: { ...CLUSTER, policy: 'spread', revision: 2 } });
  });

  it('is none when everything is so already', () => {
    const { id: _, ...fields } = clusterView(CLUSTER);
    expect(decideUpdateCluster({ cluster: CLUSTER, fields, ...free })).toEqual({
      ok: true,
      cluster: undefined,
    });
  });

  it.each([
    ['3.6 has passthrough and no failover', '4.6', '3.6', [FAILOVER]],
    ['3.5 has neither', '4.6', '3.5', [PASSTHROUGH, FAILOVER]],
    ['3.5 takes no failover where none was', '4.5', '3.5', [PASSTHROUGH]],
    ['4.10 is above 4.9', '4.9', '4.10', []],
    ['3.10 is above 3.6', '3.10', '3.6', []],
    ['a higher one takes nothing', '3.5', '4.7', []],
  ])('%s', (_, before, after, lost) => {
    const cluster = changedCluster(CLUSTER, { compatibility_version: before });
    expect(levelsLost(cluster, { compatibility_version: after })).toEqual(lost);
    expect(levelsLost(cluster, { name: 'lab' })).toEqual([]);
  });

  it.each([
    ['another version', { ifVersion: 7 }, 'PRECONDITION_FAILED', 'version 7'],
    ['a name that another one has', { namesake: 'c9' }, 'CLUSTER_NAME_IN_USE', 'id c9 is known as lab'],
    [
      'vNICs with passthrough',
      { needing: new Map<LevelCode, string[]>([[PASSTHROUGH, ['vm-1 (nic1)']]]) },
      PASSTHROUGH,
      'vm-1 (nic1)',
    ],
    [
      'vNICs with failover',
      { needing: new Map<LevelCode, string[]>([[FAILOVER, ['vm-2 (nic1, nic2)']]]) },
      FAILOVER,
      'vm-2 (nic1, nic2)',
    ],
  ] as const)('is refused for %s', (_, change, code, named) => {
    const fields = { name: 'lab', compatibility_version: '3.5' };
    const decision = decideUpdateCluster({ cluster: CLUSTER, fields, ...free, ...change });
    expect(decision).toMatchObject({ ok: false, refusals: [{ code, detail: expect.stringContaining(named) }] });
  });

  it('is refused for every reason at once', () => {
    const needing = new Map<LevelCode, string[]>([
      [PASSTHROUGH, ['vm-1 (nic1)']],
      [FAILOVER, ['vm-1 (nic1)']],
    ]);
    const fields = { name: 'lab', compatibility_version: '3.5' };
    const decision = decideUpdateCluster({ cluster: CLUSTER, fields, needing, namesake: 'c9', ifVersion: 2 });
    expect(decision).toMatchObject({
      refusals: [
        { code: 'PRECONDITION_FAILED' },
        { code: 'CLUSTER_NAME_IN_USE' },
        { code: PASSTHROUGH },
        { code: FAILOVER },
      ],
    });
  });
});

describe('removing a cluster', () => {
  it.each([
    ['allowed when it is empty', {}, []],
    [
      'refused for another version',
      { ifVersion: 7 },
      ['The cluster prod is at version 1; the change was made for version 7.'],
    ],
    ['refused with VMs', { vms: ['vm-1', 'vm-2'] }, ['In the cluster prod are the virtual machines vm-1, vm-2.']],
    ['refused with hosts', { hosts: ['alpha'] }, ['In the cluster prod are the hosts alpha.']],
    [
      'refused with both',
      { vms: ['vm-1'], hosts: ['alpha'] },
      ['In the cluster prod are the virtual machines vm-1 and the hosts alpha.'],
    ],
  ])('is %s', (_, change, details) => {
    const refusals = clusterRemovalRefusals({ cluster: CLUSTER, vms: [], hosts: [], ...change });
    expect(refusals.map(({ detail }) => detail)).toEqual(details);
  });

  it('tells the codes of every reason', () => {
    const refusals = clusterRemovalRefusals({ cluster: CLUSTER, vms: ['vm-1'], hosts: [], ifVersion: 7 });
    expect(refusals.map(({ code }) => code)).toEqual(['PRECONDITION_FAILED', 'CLUSTER_IN_USE']);
  });
});

it('names a cluster that is not there, and one that has the name', () => {
  expect(noSuchCluster('lab')).toMatchObject({ code: 'CLUSTER_NOT_EXIST', detail: expect.stringContaining('lab') });
  expect(clusterTaken(CLUSTER, { value: 'prod', holder: 'c9' })).toMatchObject({ code: 'CLUSTER_NAME_IN_USE' });
});
