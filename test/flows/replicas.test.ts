import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FlowSystem, login, startFlowSystem } from './flow-system.ts';

const VMS = 20;
const VNICS_EACH = 10;

let system: FlowSystem;

beforeEach(async () => {
  system = await startFlowSystem({ replicas: 2 });
  await system.post('/api/networks', { id: 'red', name: 'red' });
  await system.post('/api/vnicprofiles', { id: 'pt', name: 'pt', network: { id: 'red' }, pass_through: 'enabled' });
});
afterEach(() => system.close());

/** As a client does that is told 503: the same request with the same key, until it is answered. */
async function post(replica: number, path: string, body: unknown): Promise<{ status: number; text: string }> {
  const url = new URL(path, system.urls[replica % system.urls.length]);
  const headers = { ...login(), 'content-type': 'application/json', 'idempotency-key': randomUUID() };
  for (;;) {
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    const text = await response.text();
    if (response.status !== 503) return { status: response.status, text };
  }
}

it('200 vNICs that are made at once on two replicas get 200 MAC addresses', async () => {
  await Promise.all(Array.from({ length: VMS }, (_, vm) => post(vm, '/api/vms', { id: `vm-${vm}`, name: `vm-${vm}` })));
  const made = await Promise.all(
    Array.from({ length: VMS * VNICS_EACH }, (_, n) =>
      post(n >> 1, `/api/vms/vm-${n % VMS}/nics`, {
        name: `nic${n}`,
        interface: 'pci_passthrough',
        vnic_profile: { id: 'pt' },
      }),
    ),
  );
  expect(made.filter(({ status }) => status !== 201).map(({ text }) => text)).toEqual([]);
  const { items } = (await system.get('/api/vms?limit=1000')).body;
  const macs = items.flatMap(({ nics }: { nics: { mac: string }[] }) => nics.map(({ mac }) => mac));
  expect(macs).toHaveLength(VMS * VNICS_EACH);
  expect(new Set(macs).size).toBe(VMS * VNICS_EACH);
});

it('of one MAC address, or one name, asked for by many at once one gets it', async () => {
  await system.post('/api/vms', { id: 'vm-1', name: 'vm-1' });
  await system.post('/api/vms', { id: 'vm-2', name: 'vm-2' });
  const vnics = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      post(n, `/api/vms/vm-${1 + (n % 2)}/nics`, { name: `nic${n}`, mac: '02:00:00:00:00:01' }),
    ),
  );
  expect(vnics.filter(({ status }) => status === 201)).toHaveLength(1);
  for (const { status, text } of vnics)
    if (status !== 201) expect([status, text]).toEqual([409, expect.stringContaining('MAC_ADDRESS_IN_USE')]);
  const networks = await Promise.all(Array.from({ length: 20 }, (_, n) => post(n, '/api/networks', { name: 'blue' })));
  expect(networks.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(409)]);
});

it('a profile is never left on a network that was removed at the same time', async () => {
  for (let round = 0; round < 10; round++) {
    await system.post('/api/networks', { id: `n${round}`, name: `n${round}` });
    const [profile, removed] = await Promise.all([
      post(1, '/api/vnicprofiles', { name: `p${round}`, network: { id: `n${round}` } }),
      system.remove(`/api/networks/n${round}`),
    ]);
    const kept = (await system.get(`/api/networks/n${round}`)).status === 200;
    expect([profile.status, removed.status]).toEqual(kept ? [201, 409] : [404, 204]);
  }
});
