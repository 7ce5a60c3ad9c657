import { describe, expect, it } from 'vitest';
import { only, sampleHost, samplePf } from '../testing/sample-host.ts';
import { capacityOf, dropCapacity, freeRanks, inScope, newShapes } from './host-capacity.ts';
import { pciAddressAt } from './pci-rank.ts';

const sizes = ({ scopes, pfs, hosts }: ReturnType<typeof newShapes>) => [scopes.size(), pfs.size(), hosts.size()];

describe('the read model of a host', () => {
  it('has its PFs and their free VFs in the order of their addresses, each once', () => {
    const freeVfs = ['0000:02:10.7', '0000:02:02.0', '0000:02:10.7'];
    const host = capacityOf(sampleHost('h', [samplePf(2, 8, { freeVfs }), samplePf(1, 1)]), newShapes());
    expect(host.pfs.map(({ name, free, vfs }) => [name, free, vfs])).toEqual([
      ['ens1', 1, 1],
      ['ens2', 2, 8],
    ]);
    expect(freeRanks(host, 1).map(pciAddressAt)).toEqual(['0000:02:02.0', '0000:02:10.7']);
  });

  it('has no free VF on a blocked PF', () => {
    const blocked = [{ code: 'PF_STUCK' as const, text: 'is stuck' }];
    expect(capacityOf(sampleHost('h', [samplePf(1, 4, { blocked })]), newShapes()).free).toHaveLength(0);
  });

  it('keeps VFs in the domain of their PF', () => {
    const pf = samplePf(1, 1, { pciAddress: '10000:01:00.0', freeVfs: ['10000:01:10.0'] });
    const host = capacityOf(sampleHost('h', [pf]), newShapes());
    expect(freeRanks(host, 0).map(pciAddressAt)).toEqual(['10000:01:10.0']);
  });
});

describe('hosts of one kind', () => {
  const facts = (name: string) => sampleHost(name, [samplePf(1, 2, { allowed: only('red', 'blue') }), samplePf(2, 2)]);

  it('share all but names, addresses and free VFs, in whatever order networks are listed', () => {
    const shapes = newShapes();
    const one = capacityOf(facts('one'), shapes);
    const pfs = [samplePf(11, 5, { allowed: only('blue', 'red') }), samplePf(12, 0, { card: 'x' })];
    expect(capacityOf(sampleHost('other', pfs), shapes).shape).toBe(one.shape);
    expect(sizes(shapes)).toEqual([2, 2, 1]);
  });

  it.each([
    ['NUMA node', { numaNode: 1 }],
    ['MTU', { mtu: 1500 }],
    ['unknown MTU', { mtu: null }],
    ['networks', { allowed: only('red') }],
    ['unsupported properties', { unsupported: ['trust' as const] }],
    ['cards', { card: '02' }],
  ])('are not of one kind when they differ in %s', (_, pf) => {
    const shapes = newShapes();
    const one = capacityOf(facts('one'), shapes);
    const [first, second] = facts('other').pfs;
    const changed = [{ ...first, ...pf }, second] as ReturnType<typeof samplePf>[];
    expect(capacityOf(sampleHost('other', changed), shapes).shape).not.toBe(one.shape);
  });

  it('leave nothing behind with the last of them', () => {
    const shapes = newShapes();
    const hosts = ['one', 'other'].map((name) => capacityOf(facts(name), shapes));
    for (const host of hosts) dropCapacity(host, shapes);
    expect(sizes(shapes)).toEqual([0, 0, 0]);
  });

  it('take nothing when they cannot be read', () => {
    const shapes = newShapes();
    const strayed = samplePf(2, 1, { freeVfs: ['0001:02:10.0'] });
    expect(() => capacityOf(sampleHost('h', [samplePf(1, 1), strayed]), shapes)).toThrow('0001:02:10.0');
    expect(sizes(shapes)).toEqual([0, 0, 0]);
  });
});

it('a network is in scope by its id or by its label', () => {
  const scope = { networkIds: new Set(['red']), labels: new Set(['tenant']) };
  expect(inScope(scope, { id: 'red', label: null })).toBe(true);
  expect(inScope(scope, { id: 'blue', label: 'tenant' })).toBe(true);
  expect(inScope(scope, { id: 'tenant', label: 'red' })).toBe(false);
});
