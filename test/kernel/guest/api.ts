import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Nic } from '@vfleet/contracts/vocabulary/nic';
import { Problem } from '@vfleet/contracts/vocabulary/problem';
import { VfsConfig } from '@vfleet/contracts/vocabulary/vfs-config';
import { z } from 'zod';
import { eventually } from './eventually.ts';

const PORT = '8080';
const PASSWORD = 'a password for the kernel test';
const HOST = '/api/hosts/this-host';

export type Api = {
  nics(): Promise<Nic[]>;
  vfsConfig(nic: string): Promise<VfsConfig>;
  /** PUTs a number and waits for the answer: the settled VfsConfig, or why not. */
  put(nic: string, numOfVfs: number): Promise<{ status: number; config?: VfsConfig; problem?: Problem }>;
  /** Every name in the host device table with the device's PF. */
  physicalFunctions(): Promise<Map<string, string | null>>;
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
};

/** Starts the whole system as a process of its own and waits until it has the report of this machine. */
export async function startSystemProcess(bundle: string): Promise<Api> {
  const env = { ...process.env, PORT, VFLEET_ADMIN_PASSWORD: PASSWORD };
  const system = spawn(process.execPath, [bundle], { stdio: 'inherit', env });
  const api = apiOf(system);
  await eventually(async () => {
    const nics = await api.nics();
    if (!nics.some(({ vfs_config }) => vfs_config)) throw new Error('no report yet');
  });
  return api;
}

function apiOf(system: ChildProcess): Api {
  const ended = once(system, 'exit');
  const authorization = `Basic ${btoa(`admin@internal:${PASSWORD}`)}`;

  async function request(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`http://127.0.0.1:${PORT}${HOST}${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, body: await response.json() };
  }
  const read = async <Value>(path: string, schema: z.ZodType<Value>) => schema.parse((await request('GET', path)).body);

  return {
    nics: async () => (await read('/nics?limit=500', z.object({ items: z.array(Nic) }))).items,
    vfsConfig: (nic) => read(`/nics/${nic}/vfsConfig`, VfsConfig),
    put: async (nic, numOfVfs) => {
      const { status, body } = await request('PUT', `/nics/${nic}/vfsConfig`, { num_of_vfs: numOfVfs });
      return status < 300 ? { status, config: VfsConfig.parse(body) } : { status, problem: Problem.parse(body) };
    },
    physicalFunctions: async () => {
      const device = z.object({ name: z.string(), physical_function: z.string().nullable() });
      const { items } = await read('/devices?limit=500', z.object({ items: z.array(device) }));
      return new Map(items.map(({ name, physical_function }) => [name, physical_function]));
    },
    stop: async (signal) => {
      system.kill(signal);
      await ended;
    },
  };
}
