import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Host } from '@vfleet/contracts/vocabulary/host';
import { Nic } from '@vfleet/contracts/vocabulary/nic';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { login, PASSWORD } from './flow-system.ts';
import { npmStart } from './npm-start.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vfleet-this-host-'));
});
afterEach(() => rm(folder, { recursive: true }));

const start = (data: string, args = ['--this-host']) =>
  npmStart({
    dataFolder: join(folder, data),
    env: {
      AMQP_URL: '',
      MONGODB_URL: '',
      VFLEET_ADMIN_PASSWORD: PASSWORD,
      VFLEET_STATE_DIR: join(folder, 'state'),
    },
    args,
  });

it('shows the machine it runs on, by its name and with its nics, and keeps its id over a restart', async () => {
  const first = await start('data');
  const host = await thisHost(first.url);
  expect(host.name).toBe(hostname());
  // A machine without IOMMU or hypervisor, as where tests run, is heard, and can run no VMs.
  expect(['up', 'non_operational']).toContain(host.status);
  expect((await nicsOf(first.url, host.name)).map(({ name }) => name)).toEqual(
    expect.arrayContaining(Object.keys(networkInterfaces()).filter((name) => name !== 'lo')),
  );
  await first.end('SIGKILL');
  const again = await start('data');
  expect((await thisHost(again.url)).id).toBe(host.id);
  expect(await again.end('SIGTERM')).toBe(0);
});

it('does not let two agents manage one machine', async () => {
  const first = await start('data');
  await expect(start('other')).rejects.toThrow(`in use by process ${first.pid}`);
  await first.end('SIGTERM');
});

it('does not mix with a demo fleet', async () => {
  const demo = await start('data', []);
  await demo.end('SIGTERM');
  await expect(start('data')).rejects.toThrow('holds a demo fleet');
});

/** The one host there is, once its report has come. */
async function thisHost(url: string): Promise<Host> {
  const hosts = await read(url, '/api/hosts', z.array(Host));
  expect(hosts).toHaveLength(1);
  const [host] = hosts as [Host];
  await expect.poll(async () => (await nicsOf(url, host.name)).length, { timeout: 30_000 }).toBeGreaterThan(0);
  return (await read(url, '/api/hosts', z.array(Host)))[0] as Host;
}

function nicsOf(url: string, host: string): Promise<Nic[]> {
  return read(url, `/api/hosts/${host}/nics`, z.array(Nic));
}

async function read<Item>(url: string, path: string, items: z.ZodType<Item[]>): Promise<Item[]> {
  const answer = await fetch(`${url}${path}?limit=500`, { headers: login() });
  return z.object({ items }).parse(await answer.json()).items;
}
