import type { VmRuntime } from '@vfleet/contracts/vocabulary/operation';
import { Problem } from '@vfleet/contracts/vocabulary/problem';
import { Vm } from '@vfleet/contracts/vocabulary/vm';
import { Vnic } from '@vfleet/contracts/vocabulary/vnic';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, gatewayUnderTest } from './testing/gateway-under-test.ts';

const VF = {
  name: 'enp5s0f0v1',
  pci_address: '0000:05:10.2',
  physical_function: { id: 'nic-1', name: 'enp5s0f0' },
  vlan: 100,
  state: 'attached',
};
const RUNTIME: VmRuntime = {
  vmId: 'vm-1',
  status: 'up',
  host: { id: 'h-alpha', name: 'alpha' },
  operation: null,
  vnics: [{ vnicId: 'eth0', vf: VF, degraded: false, guestPciAddress: '0000:00:07.0' }],
};
const HELD = { vf: VF, degraded: false, guest_pci_address: '0000:00:07.0' };
let tested: GatewayUnderTest;
let call: GatewayUnderTest['call'];
beforeAll(async () => {
  tested = await gatewayUnderTest({ askTimeoutMs: 2000 });
  call = tested.call;
  await call('POST', '/api/vms', { body: { id: 'vm-1', name: 'first' } });
  await call('POST', '/api/vms', { body: { id: 'vm-2', name: 'second' } });
  for (const name of ['eth0', 'eth1']) await call('POST', '/api/vms/vm-1/nics', { body: { id: name, name } });
  tested.scheduler.runtimes.set('vm-1', RUNTIME);
});
afterAll(() => tested.close());
beforeEach(() => {
  tested.scheduler.heard.length = 0;
});
const asked = () => tested.scheduler.heard.map(({ payload }) => payload);

describe('where a VM stands and what it holds', () => {
  it('is shown with each VM of a page, and asked for once', async () => {
    const { items } = (await call('GET', '/api/vms')).json() as { items: unknown[] };
    expect(items).toMatchObject([
      { id: 'vm-1', status: 'up', host: { id: 'h-alpha', name: 'alpha' } },
      { id: 'vm-2', status: 'down', host: null },
    ]);
    expect(asked()).toEqual([{ vmIds: ['vm-1', 'vm-2'] }]);
  });

  it('is asked for by nobody for a page without VMs', async () => {
    expect((await call('GET', '/api/vms?name=none')).json()).toEqual({ items: [], next: null });
    expect(asked()).toEqual([]);
  });

  it('is shown with a VM, whose version is that of its definition', async () => {
    const { headers, json } = await call('GET', '/api/vms/first');
    expect(Vm.parse(json())).toMatchObject({ status: 'up', host: { name: 'alpha' } });
    expect(headers.get('etag')).toBe('"1"');
  });

  it('is shown with its vNICs, by the name of the VM too', async () => {
    const { items } = (await call('GET', '/api/vms/first/nics')).json() as { items: unknown[] };
    expect(items).toMatchObject([
      { id: 'eth0', ...HELD },
      { id: 'eth1', vf: null, degraded: false, guest_pci_address: null },
    ]);
    expect(Vnic.parse((await call('GET', '/api/vms/vm-1/nics/eth0')).json())).toMatchObject(HELD);
    expect(asked()).toEqual([{ vmIds: ['vm-1'] }, { vmIds: ['vm-1'] }]);
  });

  it('is shown in the answer of a change', async () => {
    const vm = await call('PUT', '/api/vms/vm-1', { body: { description: 'mine' } });
    expect(Vm.parse(vm.json())).toMatchObject({ description: 'mine', status: 'up', host: { name: 'alpha' } });
    const vnic = await call('PUT', '/api/vms/vm-1/nics/eth0', { body: { boot_order: 1 } });
    expect(Vnic.parse(vnic.json())).toMatchObject({ boot_order: 1, ...HELD });
  });

  it('is not asked for with a VM that was just made: it is down', async () => {
    const { json } = await call('POST', '/api/vms', { body: { name: 'third' } });
    expect(json()).toMatchObject({ status: 'down', host: null });
    expect(asked()).toEqual([]);
  });

  it('is told by nobody of a VM that is not there', async () => {
    expect((await call('GET', '/api/vms/none')).status).toBe(404);
    expect((await call('PUT', '/api/vms/none', { body: {} })).status).toBe(404);
    expect(asked()).toEqual([]);
  });
});

describe('while the scheduler does not answer', () => {
  beforeAll(() => tested.scheduler.away());

  it.each(['/api/vms', '/api/vms/vm-1', '/api/vms/vm-1/nics', '/api/vms/vm-1/nics/eth0'])(
    'GET %s says so: it must not tell that a VM is down',
    async (path) => {
      const { headers, json } = await tested.passTimeUntil(call('GET', path));
      expect(Problem.parse(json())).toMatchObject({ status: 503, detail: 'scheduler did not answer.' });
      expect(headers.get('retry-after')).toBe('5');
    },
  );

  it.each(['/api/vms/vm-1', '/api/vms/vm-1/nics/eth0'])('PUT %s changes nothing', async (path) => {
    const before = tested.carriedOut();
    const { json } = await tested.passTimeUntil(call('PUT', path, { body: { name: 'other' } }));
    expect(Problem.parse(json())).toMatchObject({ status: 503, code: 'SERVICE_UNAVAILABLE' });
    expect(tested.carriedOut()).toBe(before);
  });

  it('VMs are made and removed as ever', async () => {
    const made = await call('POST', '/api/vms', { body: { name: 'fourth' } });
    expect(made.status).toBe(201);
    expect((await call('DELETE', made.headers.get('location') ?? '')).status).toBe(204);
  });
});
