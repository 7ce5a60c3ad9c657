import type { AllowedNetwork } from '@vfleet/contracts/vocabulary/allowed-network';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knownNetworks } from '../testing/known-networks.ts';
import { ledgerWithNics } from '../testing/sample-ledger.ts';
import { effectiveNetworks, networksOfNic } from './effective-networks.ts';

const RED = { id: 'n1', name: 'red', label: 'tenant' };
const BLUE = { id: 'n2', name: 'Blue', label: 'tenant' };
const GREEN = { id: 'n3', name: 'green' };

describe('effective networks', () => {
  const cases: [string, { networkIds: string[]; labels: string[] }, [string, string | null][]][] = [
    ['none of empty lists', { networkIds: [], labels: [] }, []],
    [
      'listed ones, in the order of names',
      { networkIds: ['n1', 'n3', 'n2'], labels: [] },
      [
        ['Blue', null],
        ['green', null],
        ['red', null],
      ],
    ],
    [
      'those of a label, with it as their origin',
      { networkIds: [], labels: ['tenant'] },
      [
        ['Blue', 'tenant'],
        ['red', 'tenant'],
      ],
    ],
    [
      'one that is both is the label’s',
      { networkIds: ['n1', 'n3'], labels: ['tenant'] },
      [
        ['Blue', 'tenant'],
        ['green', null],
        ['red', 'tenant'],
      ],
    ],
    ['a label that no network carries', { networkIds: ['n3'], labels: ['nobody'] }, [['green', null]]],
    ['without those that are gone', { networkIds: ['gone', 'n3'], labels: [] }, [['green', null]]],
    [
      'an unknown one by its id',
      { networkIds: ['n9', 'n3'], labels: [] },
      [
        ['green', null],
        ['n9', null],
      ],
    ],
  ];
  it.each(cases)('%s', (_, lists, expected) => {
    const known = knownNetworks([RED, BLUE, GREEN], ['gone']);
    expect(effectiveNetworks(lists, known).map(({ name, via_label }) => [name, via_label])).toEqual(expected);
  });

  it('are each network that is listed or has a label of the lists, once, for any lists', () => {
    const ids = fc.uniqueArray(fc.constantFrom<string[]>('a', 'b', 'c', 'd', 'e', 'f'));
    const label = fc.constantFrom<(string | null)[]>('x', 'y', 'z', null);
    const networks = fc.array(label, { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(
        ids,
        fc.uniqueArray(fc.constantFrom<string[]>('x', 'y')),
        networks,
        ids,
        (networkIds, labels, labelOf, goneIds) => {
          const all = ['a', 'b', 'c', 'd', 'e', 'f'].map((id, n) => ({
            id,
            name: `name ${id}`,
            label: labelOf[n] ?? null,
          }));
          const there = all.filter(({ id }) => !goneIds.includes(id));
          const naive = there.flatMap(({ id, name, label }): AllowedNetwork[] => {
            if (label !== null && labels.includes(label)) return [{ id, name, via_label: label }];
            return networkIds.includes(id) ? [{ id, name, via_label: null }] : [];
          });
          expect(effectiveNetworks({ networkIds, labels }, knownNetworks(there, goneIds))).toEqual(naive);
        },
      ),
    );
  });

  it('are found without a look at any of ten thousand others', () => {
    const many = Array.from({ length: 10_000 }, (_, n) => ({ id: `m${n}`, name: `many ${n}`, label: 'many' }));
    const known = knownNetworks([...many, RED, BLUE, GREEN]);
    expect(effectiveNetworks({ networkIds: ['n3'], labels: ['tenant'] }, known)).toHaveLength(3);
    expect(known.looked()).toBe(3);
  });
});

describe('the networks of a nic', () => {
  const known = knownNetworks([RED, BLUE, GREEN]);
  const namesOn = (name: string, ledger = ledgerWithNics()) => {
    const nic = ledger.nics.find((candidate) => candidate.name === name);
    return nic && networksOfNic(ledger, nic, known).map(({ name: network }) => network);
  };

  it('are those of its own lists', () => {
    const ledger = ledgerWithNics({ eno1: { networkIds: ['n3'], labels: ['tenant'] } });
    expect(namesOn('eno1', ledger)).toEqual(['Blue', 'green', 'red']);
    expect(namesOn('bond0', ledger)).toEqual([]);
  });

  it('leave out one that got the label of another nic after it was listed: one nic of a host carries it', () => {
    const ledger = ledgerWithNics({ eno1: { networkIds: ['n1', 'n3'] }, bond0: { labels: ['tenant'] } });
    expect(namesOn('eno1', ledger)).toEqual(['green']);
    expect(namesOn('bond0', ledger)).toEqual(['Blue', 'red']);
  });
});
