import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { serverUrls } from './flow-system.ts';
import { npmStart, type StartedSystem } from './npm-start.ts';

const OWN_PASSWORD = { VFLEET_ADMIN_PASSWORD: 'a password of my own' };

let dataFolder: string;
let system: StartedSystem | undefined;

beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'vfleet-newcomer-'));
});
afterEach(async () => {
  await system?.end('SIGKILL');
  await rm(dataFolder, { recursive: true });
});

function login(password: string) {
  return { authorization: `Basic ${btoa(`admin@internal:${password}`)}`, 'content-type': 'application/json' };
}

/** Embedded, or in the `servers` project on the servers there, with a database of its own for each data folder. */
function surroundings(): Record<string, string> {
  const servers = serverUrls();
  if (!servers) return { AMQP_URL: '', MONGODB_URL: '' };
  const mongodbUrl = new URL(servers.mongodbUrl);
  mongodbUrl.pathname = `/${basename(dataFolder)}`;
  return { AMQP_URL: servers.amqpUrl, MONGODB_URL: mongodbUrl.href };
}

async function start(env: Record<string, string> = {}): Promise<StartedSystem> {
  system = await npmStart({ dataFolder, env: { ...surroundings(), ...env } });
  return system;
}

it('a newcomer starts it, reads the password it prints once, and sees the demo fleet', async () => {
  const { url, lines, end } = await start();
  const password = lines.map((line) => /password\D*?:?\s(\S+)$/i.exec(line)?.[1]).find(Boolean) ?? '';
  expect((await fetch(`${url}/api/hosts`)).status).toBe(401);
  expect((await fetch(`${url}/ready`)).status).toBe(200);
  const listed = await fetch(`${url}/api/hosts`, { headers: login(password) });
  expect(listed.status).toBe(200);
  const { items } = (await listed.json()) as { items: { name: string; pfs: number; cluster: { name: string } }[] };
  expect(items.map(({ name }) => name)).toEqual(['alpha', 'bravo', 'charlie', 'delta']);
  for (const { cluster } of items) expect(cluster.name).toBe('Default');
  await expectDemoContent(url, password);
  expect(await end('SIGTERM')).toBe(0);

  const again = await start();
  expect(again.lines.join('\n')).not.toMatch(/password/i);
  expect((await fetch(`${again.url}/api/hosts`, { headers: login(password) })).status).toBe(200);
});

it('runs every virtual machine of the demo fleet on a PF with VFs, over a kill, and takes the VFs back', async () => {
  const headers = login(OWN_PASSWORD.VFLEET_ADMIN_PASSWORD);
  const ask = async (url: string, method: string, path: string, body?: unknown) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(`${url}${path}`, { method, headers, ...sent });
    // biome-ignore lint/suspicious/noExplicitAny: a newcomer reads what there is, without the product's types
    return { status: answer.status, body: (await answer.json()) as any };
  };
  const { url, end } = await start(OWN_PASSWORD);
  const config = '/api/hosts/alpha/nics/enp5s0f0/vfsConfig';
  expect((await ask(url, 'PUT', config, { num_of_vfs: 7 })).body).toMatchObject({ num_of_free_vfs: 7 });
  for (const vm of ['vm-1', 'vm-2', 'vm-3']) {
    const { body } = await ask(url, 'POST', `/api/vms/${vm}/start`, {});
    expect(body).toMatchObject({ status: 'up', host: { name: 'alpha' } });
    for (const { vf } of body.nics) expect(vf).toMatchObject({ physical_function: { name: 'enp5s0f0' } });
  }
  expect((await ask(url, 'GET', config)).body).toMatchObject({ num_of_vfs_in_use: 6, num_of_free_vfs: 1 });
  await end('SIGKILL');

  const again = await start(OWN_PASSWORD);
  for (const vm of ['vm-1', 'vm-2', 'vm-3']) {
    expect((await ask(again.url, 'GET', `/api/vms/${vm}`)).body.status).toBe('up');
    expect((await ask(again.url, 'POST', `/api/vms/${vm}/stop`, { force: true })).body.status).toBe('down');
  }
  expect((await ask(again.url, 'GET', config)).body).toMatchObject({ num_of_vfs_in_use: 0, num_of_free_vfs: 7 });
});

it('starts empty when told', async () => {
  const { url } = await start({ ...OWN_PASSWORD, VFLEET_DEMO: 'off' });
  const listed = await fetch(`${url}/api/hosts`, { headers: login(OWN_PASSWORD.VFLEET_ADMIN_PASSWORD) });
  expect(await listed.json()).toEqual({ items: [], next: null });
});

it('kill -9 in the middle of writes loses nothing that was answered', async () => {
  const headers = login(OWN_PASSWORD.VFLEET_ADMIN_PASSWORD);
  const answered: string[] = [];
  for (let round = 0; round < 3; round++) {
    const { url, end } = await start({ ...OWN_PASSWORD, VFLEET_DEMO: 'off' });
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let n = 0; ; n++) {
        const name = `host-${round}-${writer}-${n}`;
        const answer = await fetch(`${url}/api/hosts`, {
          method: 'POST',
          headers,
          body: JSON.stringify({ name }),
        }).catch(() => undefined);
        if (answer?.status !== 201) return;
        answered.push(name);
      }
    });
    const wanted = (round + 1) * 40;
    while (answered.length < wanted) await delay(5);
    await end('SIGKILL');
    await Promise.all(writers);
  }
  const { url } = await start({ ...OWN_PASSWORD, VFLEET_DEMO: 'off' });
  const listed = await fetch(`${url}/api/hosts?limit=1000`, { headers });
  const { items } = (await listed.json()) as { items: { name: string }[] };
  const there = new Set(items.map(({ name }) => name));
  expect(answered.filter((name) => !there.has(name))).toEqual([]);
  expect(answered.length).toBeGreaterThanOrEqual(120);
});

/** Networks, a passthrough profile on each, VMs that are down with one to three vNICs, and PFs that serve some networks only. */
async function expectDemoContent(url: string, password: string): Promise<void> {
  // biome-ignore lint/suspicious/noExplicitAny: a newcomer reads what there is, without the product's types
  const read = async (path: string): Promise<any> =>
    (await fetch(`${url}${path}`, { headers: login(password) })).json();
  const networks = (await read('/api/networks')).items;
  expect(networks.map(({ name, vlan_id, label }: Record<string, unknown>) => [name, vlan_id, label])).toEqual([
    ['blue', 200, null],
    ['green', null, null],
    ['red', 100, 'tenant'],
  ]);
  const profiles = (await read('/api/vnicprofiles')).items;
  for (const network of ['red', 'blue', 'green']) {
    expect(profiles).toContainEqual(
      expect.objectContaining({ network: { id: network, name: network }, pass_through: 'enabled' }),
    );
  }
  const vms = (await read('/api/vms')).items;
  expect(vms.map(({ name, status }: Record<string, unknown>) => [name, status])).toEqual(
    ['vm-1', 'vm-2', 'vm-3', 'vm-4'].map((name) => [name, 'down']),
  );
  for (const { nics } of vms) {
    expect(nics.length).toBeGreaterThanOrEqual(1);
    expect(nics.length).toBeLessThanOrEqual(3);
    for (const nic of nics) expect(nic.interface).toBe('pci_passthrough');
  }
  const config = await read('/api/hosts/charlie/nics/enp59s0f0/vfsConfig');
  expect(config).toMatchObject({ all_networks_allowed: false, labels: ['tenant'] });
  expect(config.networks).toEqual([
    { id: 'blue', name: 'blue', via_label: null },
    { id: 'red', name: 'red', via_label: 'tenant' },
  ]);
}
