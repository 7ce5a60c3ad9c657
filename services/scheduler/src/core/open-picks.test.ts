import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleDemand, sampleWish } from '../testing/sample-demand.ts';
import { sampleHost, samplePf } from '../testing/sample-host.ts';
import { assignVfs } from './assign-vfs.ts';
import { fleetIndex } from './fleet-index.ts';
import { freeRanks, type HostCapacity } from './host-capacity.ts';
import type { HostFacts } from './host-facts.ts';
import { type OpenPick, openPicks } from './open-picks.ts';
import { pciAddressAt, pciRankOf } from './pci-rank.ts';

const VFS = samplePf(1, 6).freeVfs;

type Facts = HostFacts & { version: number };

function world() {
  const index = fleetIndex();
  const versions = new Map<string, number>();
  const picks = openPicks(index, (hostId) => versions.get(hostId));
  const put = (name: string, version: number, freeVfs = VFS) => {
    const facts: Facts = { ...sampleHost(name, [samplePf(1, 6, { freeVfs })]), version };
    versions.set(facts.id, version);
    picks.put(facts);
  };
  const free = (name: string) => freeOf(index.host(`id-${name}`));
  const open = (name: string, addresses: readonly string[], at = 0) =>
    picks.open({ hostId: `id-${name}`, ranks: addresses.map(pciRankOf), at });
  return { index, picks, put, free, open };
}

function freeOf(host: HostCapacity | undefined): string[] {
  return host?.pfs.flatMap((_, pf) => freeRanks(host, pf)).map(pciAddressAt) ?? [];
}

describe('VFs that were picked', () => {
  it('are not free until facts as new as their claim tell of them', () => {
    const { put, free, open } = world();
    put('h', 1);
    const pick = open('h', VFS.slice(0, 2));
    expect(free('h')).toEqual(VFS.slice(2));
    put('h', 2);
    expect(free('h')).toEqual(VFS.slice(2));
    pick.claimed(4);
    put('h', 3);
    expect(free('h')).toEqual(VFS.slice(2));
    put('h', 4, VFS.slice(1));
    expect(free('h')).toEqual(VFS.slice(1));
  });

  it('are as the facts say when these were newer than the claim all along', () => {
    const { put, free, open } = world();
    put('h', 1);
    const pick = open('h', VFS.slice(0, 2));
    put('h', 5, VFS.slice(1));
    expect(free('h')).toEqual(VFS.slice(2));
    pick.claimed(4);
    expect(free('h')).toEqual(VFS.slice(1));
  });

  it('are free again when they are given up, once', () => {
    const { put, free, open } = world();
    put('h', 1);
    const pick = open('h', VFS.slice(0, 2));
    pick.givenUp();
    expect(free('h')).toEqual(VFS);
    open('h', VFS.slice(0, 1));
    pick.givenUp();
    pick.claimed(1);
    expect(free('h')).toEqual(VFS.slice(1));
  });

  it('are given up when nothing was heard for too long, and not when they were claimed', () => {
    const { put, free, open, picks } = world();
    put('h', 1);
    open('h', VFS.slice(0, 1), 10).claimed(9);
    open('h', VFS.slice(1, 2), 20);
    open('h', VFS.slice(2, 3), 30);
    picks.expire(20);
    expect(free('h')).toEqual([VFS[1], ...VFS.slice(3)]);
  });

  it('are out also when the host comes back after it was left out or removed', () => {
    const { put, free, open, picks, index } = world();
    put('h', 1);
    open('h', VFS.slice(0, 1));
    expect(() => put('h', 2, ['0001:01:10.0'])).toThrow('not in the PCI domain');
    expect(index.host('id-h')).toBeUndefined();
    put('h', 3);
    expect(free('h')).toEqual(VFS.slice(1));
    picks.remove('id-h');
    put('h', 4);
    expect(free('h')).toEqual(VFS);
  });

  it('F35: are never those of another pick that is open, whatever happens in between, and none is lost', () => {
    const name = fc.constantFrom('a', 'b');
    const step = fc.oneof(
      fc.record({ kind: fc.constant('facts' as const), name, freeVfs: fc.subarray([...VFS]) }),
      fc.record({ kind: fc.constant('pick' as const), name, vnics: fc.integer({ min: 1, max: 3 }) }),
      fc.record({
        kind: fc.constantFrom('claimed', 'given up'),
        which: fc.nat(),
        behind: fc.integer({ min: -2, max: 2 }),
      }),
      fc.record({ kind: fc.constant('expire' as const), age: fc.nat(40) }),
      fc.record({ kind: fc.constant('remove' as const), name }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { index, picks, put, free, open } = world();
        const facts = new Map<string, { version: number; freeVfs: readonly string[] }>();
        type Made = { name: string; vfs: string[]; at: number; pick: OpenPick; awaits?: number };
        let made: Made[] = [];
        let version = 0;
        for (const [at, doing] of steps.entries()) {
          if (doing.kind === 'facts') {
            version += 1;
            put(doing.name, version, doing.freeVfs);
            facts.set(doing.name, { version, freeVfs: doing.freeVfs });
          } else if (doing.kind === 'pick') {
            const host = index.host(`id-${doing.name}`);
            const wishes = Array.from({ length: doing.vnics }, (_, n) => sampleWish(`nic${n}`, 'red'));
            const fit = host && assignVfs(host, sampleDemand(wishes));
            if (!fit) continue;
            const vfs = fit.assignments.flatMap(({ vf }) => vf?.pciAddress ?? []);
            const taken = made.filter((other) => other.name === doing.name).flatMap((other) => other.vfs);
            expect(vfs.filter((vf) => taken.includes(vf))).toEqual([]);
            made.push({ name: doing.name, vfs, at, pick: open(doing.name, vfs, at) });
          } else if (doing.kind === 'expire') {
            picks.expire(at - doing.age);
            made = made.filter((pick) => pick.awaits !== undefined || pick.at > at - doing.age);
          } else if (doing.kind === 'remove') {
            picks.remove(`id-${doing.name}`);
            facts.delete(doing.name);
            made = made.filter((pick) => pick.name !== doing.name);
          } else {
            const one = made[doing.which % Math.max(made.length, 1)];
            if (one === undefined) continue;
            if (doing.kind === 'claimed') {
              one.pick.claimed(version + doing.behind);
              one.awaits ??= version + doing.behind;
            } else {
              one.pick.givenUp();
              if (one.awaits === undefined) made.splice(made.indexOf(one), 1);
            }
          }
          made = made.filter(
            (pick) => !(pick.awaits !== undefined && pick.awaits <= (facts.get(pick.name)?.version ?? 0)),
          );
          for (const host of ['a', 'b']) {
            const taken = made.filter((pick) => pick.name === host).flatMap(({ vfs }) => vfs);
            expect(free(host)).toEqual(facts.get(host)?.freeVfs.filter((vf) => !taken.includes(vf)) ?? []);
          }
        }
      }),
    );
  });
});
