import { afterEach, beforeEach, expect, it } from 'vitest';
import { type GatewayUnderTest, gatewayUnderTest } from './testing/gateway-under-test.ts';

const CONFIG = '/api/hosts/alpha/nics/enp5s0f0/vfsConfig';

let tested: GatewayUnderTest;
beforeEach(async () => {
  tested = await gatewayUnderTest();
});
afterEach(() => tested.close());

it('plans a change without carrying anything out', async () => {
  const { status, json } = await tested.call('POST', `${CONFIG}/plan`, { body: { num_of_vfs: 5 } });
  expect(status).toBe(200);
  expect(json()).toMatchObject({ token: 'a.plan', changes: true, to: 5, steps: ['settle'] });
  expect(tested.carriedOut()).toBe(0);
  expect(tested.inventory.heard.at(-1)?.payload).toEqual({
    host: 'alpha',
    nic: 'enp5s0f0',
    vfsConfig: 'vfsConfig',
    numOfVfs: 5,
  });
});

it('gives a plan in XML, lists and all', async () => {
  const headers = { accept: 'application/xml', 'content-type': 'application/xml' };
  const raw = '<vfs_config><num_of_vfs>5</num_of_vfs></vfs_config>';
  const { status, text } = await tested.call('POST', `${CONFIG}/plan`, { raw, headers });
  expect(status).toBe(200);
  expect(text).toContain('<vfs_config_plan>');
  expect(text).toContain('<steps><step>settle</step></steps>');
});

it('takes the token of a plan with the change', async () => {
  await tested.call('PUT', CONFIG, { body: { num_of_vfs: 5, plan_token: 'a.plan' }, headers: { prefer: 'wait=0' } });
  expect(tested.inventory.commands).toMatchObject([{ payload: { numOfVfs: 5, planToken: 'a.plan' } }]);
});

it.each([
  ['maintenance', 'maintenance'],
  ['activate', 'up'],
])('keeps a host out of scheduling and gives it back: %s', async (verb, host) => {
  const { status, json } = await tested.call('POST', `/api/hosts/alpha/${verb}`);
  expect(status).toBe(200);
  expect(json()).toMatchObject({ name: 'alpha', status: host });
});

it('tells which claims ended with a host that is powered off', async () => {
  const { status, json } = await tested.call('POST', '/api/hosts/alpha/confirm-powered-off');
  expect(status).toBe(200);
  expect(json()).toEqual({ claims: [{ id: 'c1', pci_address: '0000:05:10.1', fence: 7 }] });
});
