import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bruteForce } from '../testing/brute-force.ts';
import { anyDemand, anyHost } from '../testing/random-matching.ts';
import { sampleDemand, sampleWish } from '../testing/sample-demand.ts';
import { only, sampleHost, samplePf } from '../testing/sample-host.ts';
import { fleetIndex } from './fleet-index.ts';
import type { HostFacts } from './host-facts.ts';
import { rankHosts } from './rank-hosts.ts';
import type { VfDemand } from './vf-demand.ts';

const SIZE = { pfs: 3, vfs: 2, vnics: 3 };
const NAMES = ['e', 'd', 'c', 'b', 'a'];
const ALL = { limit: Number.MAX_SAFE_INTEGER };

const names = (facts: readonly HostFacts[], demand: VfDemand, options = ALL) =>
  rankHosts(indexOf(facts), demand, options).map(({ host }) => host.name);

function indexOf(facts: readonly HostFacts[]) {
  const index = fleetIndex();
  for (const host of facts) index.put(host);
  return index;
}

const anyFleet = fc
  .tuple(...NAMES.map((name) => fc.array(anyHost(name, SIZE), { minLength: 1, maxLength: 2 })))
  .map((hosts) =>
    hosts.flatMap((alike, place) => alike.map((host, copy) => named(host, NAMES[place] as string, copy))),
  );

/** The first of a name keeps its id, which a vNIC may be pinned to. */
function named(host: HostFacts, name: string, copy: number): HostFacts {
  return copy === 0 ? host : { ...host, id: `id-${name}-${copy}`, name: `${name}${copy}` };
}

describe('the best hosts', () => {
  it.each([1, 2, 20])('are those that trying every assignment of every host finds, the first %i', (limit) => {
    const demand = fc.constantFrom(...NAMES).chain((name) => anyDemand(name, SIZE));
    fc.assert(
      fc.property(anyFleet, demand, fc.subarray(NAMES.slice(0, 2)), (facts, wanted, failed) => {
        const excluded = new Set(failed.map((name) => `id-${name}`));
        const fitting = facts
          .filter(({ id }) => !excluded.has(id))
          .flatMap((host) => {
            const fit = bruteForce(host, wanted);
            return fit ? [{ name: host.name, score: fit.score }] : [];
          })
          .sort((one, other) => better(one.score, other.score) || (one.name < other.name ? -1 : 1));
        const ranked = rankHosts(indexOf(facts), wanted, { limit, excluded });
        expect(ranked.map(({ host, score }) => ({ name: host.name, score }))).toEqual(fitting.slice(0, limit));
      }),
      { numRuns: 700 },
    );
  });

  it.each([
    ['pack', ['one', 'two', 'four']],
    ['spread', ['four', 'two', 'one']],
    ['anti-affinity', ['four', 'one', 'two']],
  ] as const)('by %s', (policy, expected) => {
    const hosts = [4, 2, 1].map((vfs) =>
      sampleHost(['none', 'one', 'two', '', 'four'][vfs] as string, [samplePf(1, vfs)]),
    );
    expect(names(hosts, sampleDemand([sampleWish('nic1', 'red')], { policy }))).toEqual(expected);
  });

  it('by pack have first the VFs that are preferred, then the fewest left', () => {
    const attached = { networkIds: ['red'], labels: [] };
    const hosts = ['none', 'one', 'two', 'three', 'four'].map((name, vfs) =>
      sampleHost(name, [samplePf(1, vfs)], { attached }),
    );
    const demand = sampleDemand([1, 2].map((nic) => sampleWish(`nic${nic}`, 'red', { must: false })));
    expect(names(hosts, demand)).toEqual(['two', 'three', 'four', 'one', 'none']);
  });

  it('are up, of the cluster, and did not fail in this run', () => {
    const pfs = [samplePf(1, 1)];
    const hosts = [
      sampleHost('down', pfs, { status: 'down' }),
      sampleHost('kept', pfs, { status: 'maintenance' }),
      sampleHost('elsewhere', pfs, { clusterId: 'another' }),
      sampleHost('failed', pfs),
      sampleHost('good', pfs),
    ];
    for (const pinnedTo of [undefined, ...hosts.map(({ name }) => [name, '0000:01:10.0'] as [string, string])]) {
      const demand = sampleDemand([sampleWish('nic1', 'red', pinnedTo && { pinnedTo })]);
      const expected = pinnedTo === undefined || pinnedTo[0] === 'good' ? ['good'] : [];
      const excluded = new Set(['id-failed']);
      expect(rankHosts(indexOf(hosts), demand, { limit: 9, excluded }).map(({ host }) => host.name)).toEqual(expected);
    }
  });

  it('with very many PFs count as any other', () => {
    const pfs = Array.from({ length: 20 }, (_, pf) => samplePf(pf + 1, 1));
    const hosts = [sampleHost('wide', pfs), sampleHost('narrow', [samplePf(1, 25)])];
    const demand = sampleDemand(Array.from({ length: 18 }, (_, nic) => sampleWish(`nic${nic}`, 'red')));
    expect(names(hosts, demand)).toEqual(['wide', 'narrow']);
  });

  it('need free VFs where the network is allowed, not anywhere', () => {
    const pfs = [samplePf(1, 8, { allowed: only('blue') }), samplePf(2, 1)];
    const demand = sampleDemand([sampleWish('nic1', 'red'), sampleWish('nic2', 'red')]);
    expect(names([sampleHost('h', pfs)], demand)).toEqual([]);
  });
});

function better(one: readonly number[], other: readonly number[]): number {
  return one.map((value, at) => (other[at] as number) - value).find((difference) => difference !== 0) ?? 0;
}
