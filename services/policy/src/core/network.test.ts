import { expect, it } from 'vitest';
import { changedNetwork, knownNetwork, networkView, newNetwork } from './network.ts';

const FULL = {
  name: 'red',
  description: 'Tenants',
  vlan_id: 100,
  mtu: 9000,
  label: 'tenant',
  port_isolation: true,
  required: true,
};

it('is untagged, of MTU 1500 and without label, roles and QoS unless told', () => {
  expect(networkView(newNetwork('n1', { name: 'red' }, null), undefined)).toEqual({
    ...{ id: 'n1', name: 'red', description: '', vlan_id: null, mtu: 1500, label: null, port_isolation: false },
    ...{ required: false, roles: [], qos: null },
  });
});

it('shows what it was told, each role once and in one order', () => {
  const network = newNetwork('n1', { ...FULL, roles: ['migration', 'management', 'migration'] }, 'q1');
  const qos = { id: 'q1', name: 'uplink' };
  expect(networkView(network, qos)).toEqual({ id: 'n1', ...FULL, roles: ['management', 'migration'], qos });
  expect(knownNetwork(network)).toEqual({ id: 'n1', version: 1, name: 'red', label: 'tenant', mtu: network.mtu });
});

it('keeps what a change does not name, and loses what it takes away', () => {
  const network = newNetwork('n1', { ...FULL, roles: ['display'] }, null);
  expect(changedNetwork(network, {}, null)).toEqual(network);
  const taken = { vlan_id: null, label: null, roles: [], port_isolation: false, required: false, description: '' };
  expect(networkView(changedNetwork(network, taken, null), undefined)).toEqual({
    id: 'n1',
    ...FULL,
    ...taken,
    qos: null,
  });
});
