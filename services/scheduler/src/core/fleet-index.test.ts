import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleHost, samplePf } from '../testing/sample-host.ts';
import { type FleetIndex, fleetIndex } from './fleet-index.ts';
import type { HostFacts, PfFacts } from './host-facts.ts';
import { pciRankOf } from './pci-rank.ts';

const seen = (index: FleetIndex) =>
  ['default', 'another'].map((cluster) => {
    const { totals, byTotal, byShape } = index.groupsOf(cluster);
    const names = [...byShape.values()].map(({ hosts }) => hosts.map(({ name }) => name).join()).sort();
    const groups = totals.map((total) =>
      [...(byTotal.get(total)?.values() ?? [])]
        .map(({ free, shape: { attached, cards }, hosts }) => ({
          total,
          free,
          cards,
          networks: [...attached.networkIds],
          names: hosts.map(({ name }) => name),
        }))
        .sort((one, other) => ((one.names[0] as string) < (other.names[0] as string) ? -1 : 1)),
    );
    return { groups, names };
  });

const anyFacts: fc.Arbitrary<HostFacts> = fc
  .record({
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    vfs: fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 2 }),
    clusterId: fc.constantFrom('default', 'another'),
    status: fc.constantFrom('up', 'up', 'down'),
    networkIds: fc.constantFrom([], ['red']),
  })
  .map(({ name, vfs, networkIds, ...facts }) =>
    sampleHost(
      name,
      vfs.map((count, pf) => samplePf(pf + 1, count, { card: 'one' })),
      { ...facts, attached: { networkIds, labels: [] } },
    ),
  );

describe('the index of a fleet', () => {
  it('is after any changes what it would be if the hosts were taken in as they are now', () => {
    const change = fc.record({ facts: anyFacts, leaves: fc.boolean() });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const index = fleetIndex();
        const now = new Map<string, HostFacts>();
        for (const { facts, leaves } of changes) {
          if (leaves) index.remove(facts.id);
          else index.put(facts);
          now.delete(facts.id);
          if (!leaves) now.set(facts.id, facts);
        }
        const anew = fleetIndex();
        for (const facts of now.values()) anew.put(facts);
        expect(seen(index)).toEqual(seen(anew));
        expect(new Set([...index.hosts()].map(({ id }) => id))).toEqual(new Set(now.keys()));
      }),
    );
  });

  it('is without the VFs that are withheld as if they were claimed, and with them again when they are restored', () => {
    const others = ['a', 'b'].map((name) => sampleHost(name, [samplePf(1, 2), samplePf(2, 3)]));
    const pfs = [samplePf(1, 2, { notFree: [{ code: 'BRIDGE', vfs: 1 }] }), samplePf(2, 3)] as const;
    const ranksOf = (...addresses: string[]) => new Set(addresses.map(pciRankOf));
    const indexOf = (...facts: HostFacts[]) => {
      const index = fleetIndex();
      for (const host of facts) index.put(host);
      return index;
    };
    const index = indexOf(...others, sampleHost('h', pfs));
    const withheld = index.withhold('id-h', ranksOf('0000:01:10.1', '0000:02:10.0', '0000:02:10.2', '0000:09:10.0'));
    expect(withheld).toHaveLength(3);
    const claimed = (pf: PfFacts, free: string[], vfs: number) => ({
      ...pf,
      freeVfs: free,
      notFree: [{ code: 'CLAIMED' as const, vfs }, ...pf.notFree],
    });
    const without = [claimed(pfs[0], ['0000:01:10.0'], 1), claimed(pfs[1], ['0000:02:10.1'], 2)];
    const ledgers = indexOf(...others, sampleHost('h', without));
    expect(seen(index)).toEqual(seen(ledgers));
    expect({ ...index.host('id-h'), shape: null }).toEqual({ ...ledgers.host('id-h'), shape: null });
    expect(index.withhold('id-h', ranksOf('0000:01:10.1'))).toEqual([]);
    index.restore('id-h', withheld.slice(0, 1));
    index.restore('id-h', withheld.slice(1));
    expect(seen(index)).toEqual(seen(indexOf(...others, sampleHost('h', pfs))));
    expect(index.host('id-h')?.pfs.map(({ notFree }) => notFree)).toEqual(pfs.map(({ notFree }) => notFree));
    expect([index.withhold('nobody', ranksOf('0000:01:10.1')), index.restore('nobody', withheld)]).toEqual([
      [],
      undefined,
    ]);
  });

  it('orders hosts alike by name, whatever the order they came in', () => {
    const index = fleetIndex();
    for (const name of ['h2', 'H1', 'h10', 'h1']) index.put(sampleHost(name, [samplePf(1, 1)]));
    expect(seen(index)[0]?.names).toEqual(['H1,h1,h10,h2']);
    expect(seen(index)[0]?.groups[0]?.[0]?.names).toEqual(['H1', 'h1', 'h10', 'h2']);
  });

  it('keeps a host as it was when its newer state cannot be taken in', () => {
    const index = fleetIndex();
    index.put(sampleHost('h', [samplePf(1, 1)]));
    const strayed = samplePf(1, 1, { freeVfs: ['0001:01:10.0'] });
    expect(() => index.put(sampleHost('h', [strayed]))).toThrow('not in the PCI domain of its PF 0000:01:00.0');
    expect(index.host('id-h')?.free).toHaveLength(1);
  });

  it('removes a host it does not know without a word', () => {
    expect(() => fleetIndex().remove('nobody')).not.toThrow();
  });
});
