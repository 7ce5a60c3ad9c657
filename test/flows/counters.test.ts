import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FlowSystem } from './flow-system.ts';
import { addVm, giveVfs, nicOf, startVmFleet } from './vm-fleet.ts';

let system: FlowSystem;

beforeEach(async () => {
  system = await startVmFleet();
});
afterEach(() => system.close());

/** The series of a metric, read until `accept` holds of them: figures are a second old at most. */
async function series(name: string, accept: (lines: string[]) => boolean): Promise<string[]> {
  for (let tries = 0; tries < 50; tries++) {
    const { text } = await system.get('/metrics');
    const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`));
    if (accept(lines)) return lines;
    await pause(100);
  }
  throw new Error(`${name} does not become what is expected`);
}

const figureIn = (line: string | undefined) => Number(line?.split(' ').at(-1));

it('a running virtual machine is seen by what goes through its virtual function', async () => {
  await giveVfs(system, system.host, 2);
  const vm = await addVm(system, 'vm-a', 'red-vf');
  const started = await system.post(`${vm}/start`, {});
  const { vf } = nicOf(started);
  const ofVm = (lines: string[]) => lines.filter((line) => line.includes('vm="vm-a"'));
  const bytes = 'vfleet_vf_receive_bytes_total';

  const [first] = ofVm(await series(bytes, (lines) => ofVm(lines).length === 1));
  for (const label of [
    `host="${system.host}"`,
    'pf="0000:05:00.0"',
    'pf_nic="enp5s0f0"',
    `vf="${vf.pci_address}"`,
    'vm_name="vm-a"',
    'vnic="vm-a-1"',
    'vnic_name="nic1"',
  ]) {
    expect(first).toContain(label);
  }
  await series(bytes, (lines) => figureIn(ofVm(lines)[0]) > figureIn(first));
  const states = await series('vfleet_pf_vfs', (lines) => lines.some((line) => /state="prepared".* 1$/.test(line)));
  expect(states.filter((line) => line.includes('pf="0000:05:00.0"'))).toHaveLength(3);

  await system.post(`${vm}/stop`, {});
  await series(bytes, (lines) => lines.length === 2 && ofVm(lines).length === 0);
});

it('a name with quotes and backslashes is one label, and no series stays of what is gone', async () => {
  await giveVfs(system, system.host, 2);
  const name = 'web "1" \\ blue';
  await system.post('/api/vms', { id: 'vm-q', name });
  const nic = { id: 'vm-q-1', name: 'nic1', interface: 'pci_passthrough', vnic_profile: { id: 'red-vf' } };
  await system.post('/api/vms/vm-q/nics', nic);
  expect((await system.post('/api/vms/vm-q/start', {})).body.status).toBe('up');
  const bytes = 'vfleet_vf_receive_bytes_total';
  const lines = await series(bytes, (found) => found.some((line) => line.includes('vm="vm-q"')));
  expect(lines.filter((line) => line.includes(`vm_name=${JSON.stringify(name)}`))).toHaveLength(1);
  expect(lines).toHaveLength(2);
  await system.post('/api/vms/vm-q/stop', {});
  await series(bytes, (left) => left.length === 2 && !left.join().includes('vm-q'));
});

it('every host of this process shows itself, and the gateway beside them', async () => {
  const hosts = [...system.machines.keys()];
  const lines = await series('vfleet_agent_connected', (found) => found.length === hosts.length);
  for (const host of hosts)
    expect(lines.some((line) => line.includes(`host="${host}"`) && line.endsWith(' 1'))).toBe(true);
  expect((await system.get('/metrics')).text).toContain('process_resident_memory_bytes');
});
