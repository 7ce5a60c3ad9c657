import { ROUTES } from '@vfleet/contracts/rest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, gatewayUnderTest } from './testing/gateway-under-test.ts';

let tested: GatewayUnderTest;
beforeEach(async () => {
  tested = await gatewayUnderTest();
});
afterEach(() => tested.close());

describe('what is asked of the scheduler', () => {
  it.each([
    ['/api/vms/vm-1/start', undefined, 'run-vm', { vm: 'vm-1' }],
    ['/api/vms/vm-1/start', {}, 'run-vm', { vm: 'vm-1' }],
    ['/api/vms/vm-1/start', { host: { id: 'h-alpha', name: 'x' } }, 'run-vm', { vm: 'vm-1', host: 'h-alpha' }],
    ['/api/vms/vm-1/stop', undefined, 'stop-vm', { vm: 'vm-1', force: false }],
    ['/api/vms/vm-1/stop', { force: true }, 'stop-vm', { vm: 'vm-1', force: true }],
    ['/api/vms/vm-1/migrate', { host: { name: 'bravo' } }, 'migrate-vm', { vm: 'vm-1', host: 'bravo' }],
    ['/api/vms/vm-1/nics/eth0/activate', undefined, 'plug-vnic', { vm: 'vm-1', vnic: 'eth0' }],
    ['/api/vms/vm-1/nics/eth0/deactivate', undefined, 'unplug-vnic', { vm: 'vm-1', vnic: 'eth0' }],
    ['/api/vms/vm-1/nics/eth0/upgrade', undefined, 'upgrade-vnic', { vm: 'vm-1', vnic: 'eth0' }],
  ])('by POST %s with %j', async (path, body, name, payload) => {
    const { status } = await tested.call('POST', path, { body, headers: { prefer: 'wait=0' } });
    expect(status).toBe(202);
    expect(tested.scheduler.commands).toMatchObject([{ name: `scheduler.${name}`, payload }]);
  });

  it.each([
    ['<start><host><name>alpha</name></host></start>', { host: 'alpha' }],
    ['<start/>', {}],
  ])('by XML: %s', async (raw, payload) => {
    const headers = { prefer: 'wait=0', 'content-type': 'application/xml' };
    await tested.call('POST', '/api/vms/vm-1/start', { raw, headers });
    expect(tested.scheduler.commands).toMatchObject([{ payload: { vm: 'vm-1', ...payload } }]);
  });

  it('takes no field of the VM, for it is not the VM that is sent', async () => {
    const { status, text } = await tested.call('POST', '/api/vms/vm-1/start', { body: { name: 'vm-1' } });
    expect(status).toBe(400);
    expect(text).toContain('name is not a field of start, which takes host');
  });

  it('tells which hosts fit, changing nothing', async () => {
    const answer = await tested.call('POST', '/api/vms/vm-1/schedule?limit=3');
    expect(answer.status).toBe(200);
    expect(ROUTES.scheduleVm.answer.schema.parse(answer.json())).toEqual(tested.scheduler.schedule);
    expect(tested.scheduler.heard.at(-1)?.payload).toEqual({ vm: 'vm-1', limit: 3 });
    expect((await tested.call('POST', '/api/vms/vm-1/schedule?limit=101')).status).toBe(400);
  });

  it('is not known of an operation that is not there', async () => {
    const { status, json } = await tested.call('GET', '/api/operations/nothing');
    expect({ status, body: json() }).toMatchObject({ status: 404, body: { code: 'OPERATION_NOT_EXIST' } });
  });
});
