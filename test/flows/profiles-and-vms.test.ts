import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Answer, type FlowSystem, startFlowSystem } from './flow-system.ts';

let system: FlowSystem;

beforeEach(async () => {
  system = await startFlowSystem();
  await system.post('/api/networks', { id: 'red', name: 'red', vlan_id: 100 });
  await system.post('/api/vnicprofiles', {
    id: 'pt',
    name: 'passthrough',
    network: { id: 'red' },
    pass_through: 'enabled',
  });
  await system.post('/api/vnicprofiles', { id: 'bridge', name: 'bridge', network: { name: 'red' } });
  await system.post('/api/vms', { id: 'vm-1', name: 'vm-1' });
});
afterEach(() => system.close());

const codes = ({ body }: Answer) => body.refusals.map(({ code }: { code: string }) => code);

it('an administrator gives a VM a passthrough vNIC and is kept from what would break it', async () => {
  const made = await system.post('/api/vms/vm-1/nics', {
    name: 'nic1',
    interface: 'pci_passthrough',
    vnic_profile: { name: 'passthrough' },
  });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    vnic_profile: { id: 'pt', name: 'passthrough' },
    network: { id: 'red', name: 'red' },
    plugged: true,
    linked: true,
    vf: null,
  });
  expect(made.body.mac).toMatch(/^02:56:46:/);

  const refused = await system.put('/api/vms/vm-1/nics/nic1', { linked: false, interface: 'e1000', custom_mtu: 9000 });
  expect(refused.status).toBe(400);
  expect(codes(refused).sort()).toEqual([
    'PASSTHROUGH_VNIC_CONTAINS_NOT_SUPPORTED_PROPERTIES',
    'UNLINKING_OF_PASSTHROUGH_VNIC_IS_NOT_SUPPORTED',
    'VM_INTERFACE_TYPE_NOT_MATCH_PROFILE',
  ]);
  const switched = await system.put('/api/vnicprofiles/pt', { pass_through: 'disabled' });
  expect(switched.status).toBe(409);
  expect(codes(switched)).toContain('VNIC_PROFILE_IN_ONE_USE');
  expect(switched.body.detail).toContain('vm-1');
  expect(codes(await system.put('/api/networks/red', { port_isolation: true }))).toEqual([
    'PASSTHROUGH_PROFILE_NOT_SUPPORTS_PORT_ISOLATION',
  ]);
  expect(codes(await system.put('/api/clusters/Default', { compatibility_version: '3.5' }))).toEqual([
    'PASSTHROUGH_NOT_SUPPORTED_BY_CLUSTER_LEVEL',
  ]);
  expect(codes(await system.remove('/api/networks/red'))).toEqual(['NETWORK_IN_USE']);
  expect(codes(await system.remove('/api/vnicprofiles/pt'))).toEqual(['VNIC_PROFILE_IN_ONE_USE']);
  expect(codes(await system.remove('/api/clusters/Default'))).toEqual(['CLUSTER_IN_USE']);
  expect((await system.get('/api/vms/vm-1/nics/nic1')).body).toEqual(made.body);
});

it('a profile tells every broken rule at once, and its GET can be PUT back', async () => {
  const refused = await system.post('/api/vnicprofiles', {
    name: 'bad',
    network: { name: 'nowhere' },
    pass_through: 'preferred',
    port_mirroring: true,
    network_filter: 'clean-traffic',
    failover: { id: 'pt' },
    vf: { min_tx_rate: 200, max_tx_rate: 100 },
  });
  expect(refused.status).toBe(404);
  expect(codes(refused)).toEqual(
    expect.arrayContaining([
      'ACTION_TYPE_FAILED_NETWORK_NOT_EXIST',
      'PASSTHROUGH_PROFILE_CONTAINS_NOT_SUPPORTED_PROPERTIES',
      'FAILOVER_NEEDS_MIGRATABLE_PASSTHROUGH',
      'FAILOVER_VNIC_PROFILE_IS_PASSTHROUGH',
      'VF_RATES_NOT_IN_VALID_RANGE',
    ]),
  );
  const read = await system.get('/api/vnicprofiles/pt');
  const etag = read.headers.get('etag') ?? '';
  const back = await system.put('/api/vnicprofiles/pt', read.body, { 'if-match': etag });
  expect(back.status).toBe(200);
  expect(back.body).toEqual(read.body);
  expect((await system.put('/api/vnicprofiles/pt', { description: 'x' }, { 'if-match': etag })).status).toBe(200);
  const stale = await system.put('/api/vnicprofiles/pt', { description: 'y' }, { 'if-match': etag });
  expect(stale.status).toBe(412);
  const xml = await system.request('GET', '/api/vnicprofiles/pt', { headers: { accept: 'application/xml' } });
  const xmlBack = await system.request('PUT', '/api/vnicprofiles/pt', {
    body: xml.text,
    headers: { 'content-type': 'application/xml' },
  });
  expect([xmlBack.status, xmlBack.body.description]).toEqual([200, 'x']);
});

it('disabled and preferred can be changed while a VM uses the profile, enabled and its other name cannot', async () => {
  await system.post('/api/vms/vm-1/nics', { name: 'nic1', vnic_profile: { id: 'bridge' } });
  expect((await system.put('/api/vnicprofiles/bridge', { passthrough: 'preferred' })).body.pass_through).toBe(
    'preferred',
  );
  expect((await system.put('/api/vnicprofiles/bridge', { pass_through: 'disabled' })).status).toBe(200);
  expect(codes(await system.put('/api/vnicprofiles/bridge', { pass_through: 'enabled' }))).toContain(
    'VNIC_PROFILE_IN_ONE_USE',
  );
  const disagree = await system.put('/api/vnicprofiles/bridge', { pass_through: 'disabled', passthrough: 'enabled' });
  expect(codes(disagree)).toContain('PASSTHROUGH_NAMES_DISAGREE');
  expect((await system.put('/api/vnicprofiles/bridge', { pass_through: 'sometimes' })).status).toBe(400);
});

it('what was made survives a restart, and is found by name', async () => {
  await system.post('/api/vms/vm-1/nics', { name: 'nic1', vnic_profile: { id: 'bridge' } });
  const before = (await system.get('/api/vms/vm-1')).body;
  await system.restart();
  expect((await system.get('/api/vms/vm-1')).body).toEqual(before);
  for (const name of ['VM-1', 'vm-*', '*']) {
    const found = await system.get(`/api/vms?name=${encodeURIComponent(name)}`);
    expect(found.body.items.map(({ id }: { id: string }) => id)).toEqual(['vm-1']);
  }
  expect((await system.get('/api/vms?name=vm')).body.items).toEqual([]);
  expect((await system.get('/api/networks?name=re*')).body.items).toHaveLength(1);
});
