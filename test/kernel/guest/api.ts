import { Nic } from '@vfleet/contracts/vocabulary/nic';
import { Problem } from '@vfleet/contracts/vocabulary/problem';
import { VfsConfig } from '@vfleet/contracts/vocabulary/vfs-config';
import { Vm } from '@vfleet/contracts/vocabulary/vm';
import { z } from 'zod';

/** An answer: what was asked for, or why not. */
export type Answer = { status: number; body: unknown; problem: Problem | undefined };

/** The public API as an administrator of this one machine uses it. */
export type Api = {
  get(path: string): Promise<Answer>;
  put(path: string, body: object): Promise<Answer>;
  post(path: string, body?: object): Promise<Answer>;
  /** The path of this machine. */
  host(): Promise<string>;
  nics(): Promise<Nic[]>;
  vfsConfig(nic: string): Promise<VfsConfig>;
  /** PUTs a number and waits for the answer: the settled VfsConfig, or why not. */
  putNumVfs(nic: string, numOfVfs: number): Promise<{ status: number; config?: VfsConfig; problem?: Problem }>;
  /** Every name in the host device table with the device's PF. */
  physicalFunctions(): Promise<Map<string, string | null>>;
  /** The nic of a VF, by its PCI address. */
  vf(pciAddress: string): Promise<Nic | undefined>;
  vm(name: string): Promise<Vm>;
};

/** The API at `url`. */
export function apiAt(url: string, { password }: { password: string }): Api {
  const authorization = `Basic ${btoa(`admin@internal:${password}`)}`;
  let found: string | undefined;

  async function request(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const answered: unknown = response.status === 204 ? undefined : await response.json();
    const problem = response.ok ? undefined : Problem.parse(answered);
    return { status: response.status, body: answered, problem };
  }

  async function read<Value>(path: string, schema: z.ZodType<Value>): Promise<Value> {
    const { body, problem } = await request('GET', path);
    if (problem) throw new Error(`GET ${path}: ${problem.status} ${problem.detail}`);
    return schema.parse(body);
  }

  async function host(): Promise<string> {
    const hosts = await read('/api/hosts', z.object({ items: z.array(z.object({ id: z.string() })) }));
    const [first] = hosts.items;
    if (!first) throw new Error('no host yet');
    found ??= `/api/hosts/${first.id}`;
    return found;
  }

  const nics = async () => (await read(`${await host()}/nics?limit=500`, z.object({ items: z.array(Nic) }))).items;

  return {
    get: (path) => request('GET', path),
    put: (path, body) => request('PUT', path, body),
    post: (path, body = {}) => request('POST', path, body),
    host,
    nics,
    vfsConfig: async (nic) => read(`${await host()}/nics/${nic}/vfsConfig`, VfsConfig),
    putNumVfs: async (nic, numOfVfs) => {
      const path = `${await host()}/nics/${nic}/vfsConfig`;
      const { status, body, problem } = await request('PUT', path, { num_of_vfs: numOfVfs });
      return problem ? { status, problem } : { status, config: VfsConfig.parse(body) };
    },
    physicalFunctions: async () => {
      const device = z.object({ name: z.string(), physical_function: z.string().nullable() });
      const { items } = await read(`${await host()}/devices?limit=500`, z.object({ items: z.array(device) }));
      return new Map(items.map(({ name, physical_function }) => [name, physical_function]));
    },
    vf: async (pciAddress) => (await nics()).find(({ pci_address: address, vf }) => vf && address === pciAddress),
    vm: (name) => read(`/api/vms/${name}`, Vm),
  };
}
