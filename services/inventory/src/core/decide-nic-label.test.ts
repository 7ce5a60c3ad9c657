import { describe, expect, it } from 'vitest';
import { knownNetworks } from '../testing/known-networks.ts';
import { ledgerWithNics } from '../testing/sample-ledger.ts';
import { decideAddNicLabel, decideRemoveNicLabel } from './decide-nic-label.ts';
import type { LedgerNic } from './ledger.ts';

type Lists = Record<string, Partial<LedgerNic>>;

const MANY = Array.from({ length: 11 }, (_, n) => ({ id: `m${n}`, name: `many ${n}`, label: 'many' }));
const known = knownNetworks(
  [{ id: 'n1', name: 'red', label: 'tenant' }, { id: 'n2', name: 'blue' }, ...MANY],
  ['gone'],
);
const add = (nic: string, lists: Lists = {}, label = 'tenant') =>
  decideAddNicLabel(ledgerWithNics(lists), { nic, label }, known);
const remove = (nic: string, lists: Lists = {}) =>
  decideRemoveNicLabel(ledgerWithNics(lists), { nic, label: 'tenant' }, known);

function refusalsOf(decision: ReturnType<typeof add> | ReturnType<typeof remove>): { code: string; detail: string }[] {
  return decision.ok ? [] : decision.refusals;
}

describe('adding a label to a nic', () => {
  const refused: [string, ReturnType<typeof add>, string[], string][] = [
    ['slave of a bond', add('ens11'), ['NIC_IS_BOND_SLAVE'], 'bond0'],
    ['VF', add('ens11v0'), ['NIC_CANNOT_CARRY_NETWORKS'], 'virtual function of ens11'],
    ['VLAN device', add('eno1.100'), ['NIC_CANNOT_CARRY_NETWORKS'], 'vlan'],
    ['no such nic', add('nope'), ['HOST_NETWORK_INTERFACE_NOT_EXIST'], 'nope'],
    ['on the nic', add('eno1', { eno1: { labels: ['tenant'] } }), ['LABEL_ALREADY_ON_NIC'], 'eno1 of host alpha'],
    ['on another nic', add('eno1', { bond0: { labels: ['tenant'] } }), ['LABEL_ALREADY_ON_NIC'], 'bond0 of host alpha'],
    [
      'a network of it is attached to another nic',
      add('eno1', { bond0: { networkIds: ['n1', 'n2'] } }),
      ['NETWORK_ALREADY_ATTACHED_TO_NIC'],
      'red to bond0.',
    ],
    [
      'every rule at once',
      add('ens11', { bond0: { labels: ['tenant'], networkIds: ['n1'] } }),
      ['NIC_IS_BOND_SLAVE', 'LABEL_ALREADY_ON_NIC', 'NETWORK_ALREADY_ATTACHED_TO_NIC'],
      'bond0',
    ],
    [
      'many are attached, of which ten are named',
      add('eno1', { bond0: { networkIds: MANY.map(({ id }) => id) } }, 'many'),
      ['NETWORK_ALREADY_ATTACHED_TO_NIC'],
      'many 9 to bond0 and others.',
    ],
  ];
  it.each(refused)('is refused: %s', (_, decision, codes, detail) => {
    const refusals = refusalsOf(decision);
    expect(refusals.map(({ code }) => code)).toEqual(codes);
    expect(refusals[0]?.detail).toContain(detail);
  });

  it.each(['eno1', 'bond0'])('takes its networks off the list of %s itself', (nic) => {
    const decision = add(nic, { [nic]: { networkIds: ['n1', 'n2', 'gone'], labels: ['zone'] } });
    if (!decision.ok) throw new Error('refused');
    expect(decision.reply).toEqual({ id: 'tenant' });
    expect(decision.ledger.nicsRevision).toBe(1);
    expect(decision.ledger.nics.find(({ name }) => name === nic)).toMatchObject({
      networkIds: ['n2'],
      labels: ['tenant', 'zone'],
    });
  });
});

describe('taking a label off a nic', () => {
  it.each([
    ['it is not there', remove('eno1'), 'LABEL_NOT_ON_NIC', 'eno1 does not have the label tenant'],
    ['it is on another', remove('eno1', { bond0: { labels: ['tenant'] } }), 'LABEL_NOT_ON_NIC', 'eno1'],
    ['slave of a bond', remove('ens11'), 'NIC_IS_BOND_SLAVE', 'bond0'],
    ['VF', remove('ens11v0'), 'NIC_CANNOT_CARRY_NETWORKS', 'ens11'],
    ['no such nic', remove('nope'), 'HOST_NETWORK_INTERFACE_NOT_EXIST', 'nope'],
  ])('is refused: %s', (_, decision, code, detail) => {
    expect(refusalsOf(decision)).toMatchObject([{ code, detail: expect.stringContaining(detail) }]);
  });

  it.each(['eno1', 'ens11'])('restores nothing on %s, also when it became a slave meanwhile', (nic) => {
    const decision = remove(nic, { [nic]: { networkIds: ['n1', 'n2'], labels: ['tenant', 'zone'] } });
    if (!decision.ok) throw new Error('refused');
    expect(decision.ledger.nics.find(({ name }) => name === nic)).toMatchObject({
      networkIds: ['n2'],
      labels: ['zone'],
    });
  });
});
