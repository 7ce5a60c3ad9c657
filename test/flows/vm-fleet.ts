import { DEMO_SCENARIOS, withoutTime } from '@vfleet/host-agent/adapters/scenarios';
import { expect } from 'vitest';
import { type Answer, type FlowSystem, type Machine, startFlowSystem } from './flow-system.ts';

/** Two hosts without VFs, a network, and profiles on it: `red-vf`, `moving` (migratable) and `maybe` (preferred). */
export async function startVmFleet(): Promise<FlowSystem> {
  const system = await startFlowSystem({ otherHosts: [withoutTime(DEMO_SCENARIOS.bravo)] });
  await system.post('/api/networks', { id: 'red', name: 'red', vlan_id: 100 });
  const profile = (id: string, fields: object) =>
    system.post('/api/vnicprofiles', { id, name: id, network: { id: 'red' }, ...fields });
  await profile('red-vf', { pass_through: 'enabled' });
  await profile('moving', { pass_through: 'enabled', migratable: true });
  await profile('maybe', { pass_through: 'preferred' });
  for (const host of system.machines.keys()) {
    await system.until(`/api/hosts/${host}`, ({ status, pfs }) => status === 'up' && pfs > 0);
  }
  return system;
}

/** Gives the first PF of a host a number of VFs; answers the path of its VfsConfig. */
export async function giveVfs(system: FlowSystem, host: string, count: number): Promise<string> {
  const { body } = await system.get(`/api/hosts/${host}/nics`);
  const pf = body.items.find(({ vfs_config: config }: { vfs_config: unknown }) => config !== null);
  const path = `/api/hosts/${host}/nics/${pf.name}/vfsConfig`;
  expect((await system.put(path, { num_of_vfs: count })).status).toBe(200);
  return path;
}

/** Adds a VM with a vNIC on each of the profiles; answers its path. */
export async function addVm(system: FlowSystem, name: string, ...profiles: string[]): Promise<string> {
  await system.post('/api/vms', { id: name, name });
  for (const [index, profile] of profiles.entries()) {
    const nic = { id: `${name}-${index + 1}`, name: `nic${index + 1}`, interface: 'pci_passthrough' };
    await system.post(`/api/vms/${name}/nics`, { ...nic, vnic_profile: { id: profile } });
  }
  return `/api/vms/${name}`;
}

/** A vNIC of the VM that was answered. */
export function nicOf({ body }: Answer, index = 0): Answer['body'] {
  return body.nics[index];
}

/** The machine on which the VM that was answered runs. */
export function machineOf(system: FlowSystem, { body }: Answer): Machine {
  const machine = system.machines.get(body.host.id);
  if (!machine) throw new Error(`${body.host.id} is no host`);
  return machine;
}
