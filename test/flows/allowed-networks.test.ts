import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Answer, type FlowSystem, startFlowSystem } from './flow-system.ts';

let system: FlowSystem;
let nic: string;
let config: string;

beforeEach(async () => {
  system = await startFlowSystem();
  nic = `/api/hosts/${system.host}/nics/enp5s0f0`;
  config = `${nic}/vfsConfig`;
  await system.until(config, ({ state }) => state === 'unmanaged');
});
afterEach(() => system.close());

const codes = ({ body }: Answer) => body.refusals.map(({ code }: { code: string }) => code);
const names = ({ networks }: Answer['body']) =>
  networks.map(({ name, via_label }: { name: string; via_label: string | null }) =>
    via_label ? `${name} via ${via_label}` : name,
  );

async function restrict(): Promise<void> {
  await system.post('/api/networks', { id: 'red', name: 'red', vlan_id: 100, label: 'tenant' });
  await system.post('/api/networks', { id: 'blue', name: 'blue', vlan_id: 200 });
  expect((await system.put(config, { all_networks_allowed: false })).status).toBe(200);
}

it('a PF serves all networks until an administrator names some', async () => {
  await system.post('/api/networks', { name: 'red' });
  const refused = await system.post(`${config}/networks`, { name: 'red' });
  expect(refused.status).toBe(409);
  expect(codes(refused)).toEqual(['ACTION_TYPE_FAILED_CANNOT_SET_SPECIFIC_NETWORKS']);
  const both = await system.post(`${config}/networks`, { name: 'nowhere' });
  expect(both.status).toBe(404);
  expect(codes(both)).toEqual(
    expect.arrayContaining(['ACTION_TYPE_FAILED_CANNOT_SET_SPECIFIC_NETWORKS', 'ACTION_TYPE_FAILED_NETWORK_NOT_EXIST']),
  );
});

it('a network is found by name the moment it was made, listed with its origin, and taken off again', async () => {
  await restrict();
  const added = await system.post(`${config}/networks`, { name: 'blue' });
  expect(added.status).toBe(201);
  expect(added.body).toEqual({ id: 'blue', name: 'blue', via_label: null });
  expect(added.headers.get('location')).toMatch(/\/vfsConfig\/networks\/blue$/);
  expect(codes(await system.post(`${config}/networks`, { id: 'blue' }))).toEqual([
    'ACTION_TYPE_FAILED_NETWORK_ALREADY_IN_VFS_CONFIG',
  ]);
  expect((await system.get(`${config}/networks`)).body.items).toEqual([added.body]);
  expect((await system.remove(`${config}/networks/blue`)).status).toBe(204);
  expect((await system.remove(`${config}/networks/blue`)).status).toBe(404);
});

it('a label takes its networks off the list, and gives nothing back', async () => {
  await restrict();
  await system.post(`${config}/networks`, { name: 'red' });
  await system.post(`${config}/networks`, { name: 'blue' });
  expect((await system.post(`${config}/labels`, { id: 'tenant' })).status).toBe(201);
  expect(names((await system.get(config)).body)).toEqual(['blue', 'red via tenant']);
  const refused = await system.remove(`${config}/networks/red`);
  expect(refused.status).toBe(409);
  expect(codes(refused)).toEqual(['ACTION_TYPE_FAILED_NETWORK_IN_VFS_CONFIG_VIA_LABEL']);
  expect(refused.body.detail).toContain('tenant');
  expect((await system.remove(`${config}/labels/tenant`)).status).toBe(204);
  expect(names((await system.get(config)).body)).toEqual(['blue']);
  await system.post(`${config}/labels`, { id: 'tenant' });
  await system.put(config, { all_networks_allowed: true });
  expect((await system.get(config)).body).toMatchObject({ all_networks_allowed: true, networks: [], labels: [] });
});

it('renaming, relabelling and deleting a network shows everywhere within a second, and after a restart', async () => {
  await restrict();
  await system.post(`${config}/networks`, { name: 'blue' });
  await system.post(`${config}/labels`, { id: 'tenant' });
  const expectNetworks = (expected: string[], withinMs = 1000) =>
    system.until(config, (body) => JSON.stringify(names(body)) === JSON.stringify(expected), withinMs);
  await expectNetworks(['blue', 'red via tenant']);
  await system.put('/api/networks/blue', { name: 'azure' });
  await expectNetworks(['azure', 'red via tenant']);
  await system.put('/api/networks/blue', { label: 'tenant' });
  await expectNetworks(['azure via tenant', 'red via tenant']);
  await system.put('/api/networks/red', { label: null });
  await expectNetworks(['azure via tenant']);
  await system.restart();
  await expectNetworks(['azure via tenant'], 15_000);
  expect((await system.remove('/api/networks/azure')).status).toBe(204);
  await expectNetworks([]);
  expect((await system.get(`${config}/networks`)).body.items).toEqual([]);
});

it('the nic carries networks and labels of its own, which the VFs configuration does not see', async () => {
  await restrict();
  expect((await system.post(`${nic}/labels`, { id: 'tenant' })).status).toBe(201);
  expect((await system.post(`${nic}/networks`, { name: 'blue' })).status).toBe(201);
  const { body } = await system.get(nic);
  expect(names(body)).toEqual(['blue', 'red via tenant']);
  expect(body.labels).toEqual(['tenant']);
  expect(body.vfs_config.networks).toEqual([]);
  expect((await system.post(`/api/hosts/${system.host}/nics/enp5s0f1/networks`, { name: 'blue' })).status).toBe(409);
  expect((await system.remove(`${nic}/networks/blue`)).status).toBe(204);
  expect((await system.remove(`${nic}/labels/tenant`)).status).toBe(204);
  expect((await system.get(nic)).body).toMatchObject({ networks: [], labels: [] });
});
