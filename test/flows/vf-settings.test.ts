import { DEMO_SCENARIOS, withoutTime } from '@vfleet/host-agent/adapters/scenarios';
import type { ScenarioInput } from '@vfleet/host-agent/adapters/simulated/scenario';
import { afterEach, describe, expect, it } from 'vitest';
import { type Answer, type FlowSystem, type Machine, startFlowSystem } from './flow-system.ts';

let system: FlowSystem;
afterEach(() => system.close());

/** The PF of alpha that has VFs. */
const PF = '0000:05:00.0';

const PROFILES = {
  plain: {},
  strict: { spoof_check: true, vlan_qos: 5, max_tx_rate: 200 },
  trusted: { spoof_check: false, trust: true },
  linked: { link_state: 'enable' },
} as const;

/** A system with VFs on the first PF of each host; network `red` with VLAN 100, `blue` with 200, a profile of each name. */
async function start(hosts: readonly ScenarioInput[], vfs = 2): Promise<void> {
  const [scenario = DEMO_SCENARIOS.alpha, ...otherHosts] = hosts.map(withoutTime);
  system = await startFlowSystem({ scenario, otherHosts });
  await system.post('/api/networks', { id: 'red', name: 'red', vlan_id: 100 });
  await system.post('/api/networks', { id: 'blue', name: 'blue', vlan_id: 200 });
  for (const [id, vf] of Object.entries(PROFILES)) {
    const network = { id: id === 'trusted' ? 'blue' : 'red' };
    await system.post('/api/vnicprofiles', { id, name: id, network, pass_through: 'enabled', vf });
  }
  for (const host of system.machines.keys()) {
    await system.until(`/api/hosts/${host}`, ({ status, pfs }) => status === 'up' && pfs > 0);
    const { body } = await system.get(`/api/hosts/${host}/nics`);
    const pf = body.items.find(({ vfs_config: config }: { vfs_config: unknown }) => config !== null);
    expect((await system.put(`/api/hosts/${host}/nics/${pf.name}/vfsConfig`, { num_of_vfs: vfs })).status).toBe(200);
  }
}

async function addVm(...profiles: (keyof typeof PROFILES)[]): Promise<string> {
  await system.post('/api/vms', { id: 'vm-a', name: 'vm-a' });
  for (const [index, profile] of profiles.entries()) {
    const nic = { id: `vm-a-${index + 1}`, name: `nic${index + 1}`, interface: 'pci_passthrough' };
    expect((await system.post('/api/vms/vm-a/nics', { ...nic, vnic_profile: { id: profile } })).status).toBe(201);
  }
  return '/api/vms/vm-a';
}

/** What is set on every VF of a machine, and whether its network driver shows its netdev. */
async function vfsOf(machine: Machine) {
  const { pfs } = await machine.scan();
  const vfs = pfs.flatMap((pf) => pf.vfs);
  return Object.fromEntries(
    vfs.map(({ pciAddress, driver, netns }) => [pciAddress, { driver, netns, ...machine.vfSettings(pciAddress) }]),
  );
}

const allFree = (host: string, vfs: number) => system.until(`/api/hosts/${host}`, (body) => body.free_vfs === vfs);
const machineOf = ({ body }: Answer): Machine => {
  const machine = system.machines.get(body.host.id);
  if (!machine) throw new Error(`${body.host.id} is no host`);
  return machine;
};

describe('while a virtual machine runs, its VFs have what their profiles ask', () => {
  it.each([
    { name: 'alpha', zeroMac: false },
    { name: 'charlie', zeroMac: true },
  ] as const)('and as before after it has stopped: $name', async ({ name, zeroMac }) => {
    await start([DEMO_SCENARIOS[name]], 3);
    const before = await vfsOf(system.machine);
    expect(Object.values(before).some(({ mac }) => mac === '00:00:00:00:00:00')).toBe(zeroMac);
    const vm = await addVm('strict', 'trusted');
    const started = await system.post(`${vm}/start`, {});
    expect(started).toMatchObject({ status: 200, body: { status: 'up' } });
    const [strict, trusted] = started.body.nics;
    const expected = {
      ...before,
      [strict.vf.pci_address]: {
        ...before[strict.vf.pci_address],
        ...{ driver: 'vfio-pci', netns: 'none', mac: strict.mac },
        ...{ vlanId: 100, vlanQos: 5, spoofCheck: true, maxTxRate: 200 },
      },
      [trusted.vf.pci_address]: {
        ...before[trusted.vf.pci_address],
        ...{ driver: 'vfio-pci', netns: 'none', mac: trusted.mac },
        ...{ vlanId: 200, vlanQos: 0, spoofCheck: false, trust: true },
      },
    };
    expect(await vfsOf(system.machine), 'F46: every VF has its own').toEqual(expected);

    expect(await system.post(`${vm}/stop`, {})).toMatchObject({ status: 200, body: { status: 'down' } });
    await allFree(system.host, 3);
    expect(await vfsOf(system.machine)).toEqual(before);
  });

  it('and are freed with a MAC of their own where the driver takes no zeros back (F20)', async () => {
    await start([DEMO_SCENARIOS.bravo]);
    const before = await vfsOf(system.machine);
    const vm = await addVm('strict');
    const started = await system.post(`${vm}/start`, {});
    const { mac, vf } = started.body.nics[0];
    expect(system.machine.vfSettings(vf.pci_address)).toMatchObject({ mac, vlanId: 100 });
    await system.post(`${vm}/stop`, {});
    await allFree(system.host, 2);
    const after = await vfsOf(system.machine);
    const own = after[vf.pci_address]?.mac;
    expect(own).toMatch(/^.[26ae]:/);
    expect(own).not.toBe(mac);
    expect(after).toEqual({ ...before, [vf.pci_address]: { ...before[vf.pci_address], mac: own } });
  });

  it('and as before though everything but the guest was restarted meanwhile', async () => {
    await start([DEMO_SCENARIOS.alpha]);
    const before = await vfsOf(system.machine);
    const vm = await addVm('strict');
    await system.post(`${vm}/start`, {});
    const running = await vfsOf(system.machine);
    await system.restart();
    await system.until(`/api/hosts/${system.host}`, ({ status }) => status === 'up');
    expect(await vfsOf(system.machine)).toEqual(running);
    expect((await system.post(`${vm}/stop`, {})).body.status).toBe('down');
    await allFree(system.host, 2);
    expect(await vfsOf(system.machine)).toEqual(before);
  });

  it('and as before when it dies (F24, F36)', async () => {
    await start([DEMO_SCENARIOS.alpha]);
    const before = await vfsOf(system.machine);
    const vm = await addVm('strict');
    await system.post(`${vm}/start`, {});
    await system.machine.killDomain('vm-a');
    await system.until(vm, ({ status }) => status === 'down');
    await allFree(system.host, 2);
    expect(await vfsOf(system.machine)).toEqual(before);
  });
});

describe('a virtual machine does not run with a VF that is not as its profile asks', () => {
  it('is started elsewhere where the driver refuses a property (F28), and is not tried there again', async () => {
    await start([DEMO_SCENARIOS.alpha, DEMO_SCENARIOS.charlie]);
    const alpha = system.machine;
    const before = await vfsOf(alpha);
    const vm = await addVm('linked');
    const started = await system.post(`${vm}/start`, {});
    expect(started).toMatchObject({ status: 200, body: { status: 'up' } });
    expect(machineOf(started)).not.toBe(alpha);
    expect(machineOf(started).vfSettings(started.body.nics[0].vf.pci_address)).toMatchObject({ linkState: 'enable' });
    await allFree(system.host, 2);
    expect(await vfsOf(alpha)).toEqual(before);

    await system.post(`${vm}/stop`, {});
    const { text } = await system.post(`${vm}/schedule`, {});
    expect(text).toMatch(/VF_PROPERTY_NOT_SUPPORTED/);
    expect(text).toMatch(/link_state/);
  });

  it('is not started where a property reads back as it was, and nothing is left of it', async () => {
    await start([DEMO_SCENARIOS.alpha]);
    const before = await vfsOf(system.machine);
    const vm = await addVm('strict');
    const ignores = { kind: 'vf-set-ignored', pf: PF, property: 'rate', calls: { times: null } } as const;
    const end = system.machine.inject(ignores);
    const failed = await system.post(`${vm}/start`, {});
    expect(failed.status).toBe(409);
    expect(failed.text).toMatch(/maxTxRate 0 instead of 200/);
    expect(system.machine.domainsNow()).toEqual([]);
    await allFree(system.host, 2);
    expect(await vfsOf(system.machine)).toEqual(before);
    end();
    expect((await system.post(`${vm}/start`, {})).body.status).toBe('up');
  });

  it('waits out a driver that is busy (F23)', async () => {
    await start([DEMO_SCENARIOS.alpha]);
    const busy = { kind: 'vf-set-errno', pf: PF, property: 'mac', errno: 'EAGAIN' } as const;
    system.machine.inject({ ...busy, calls: { times: 2 } });
    const vm = await addVm('strict');
    expect((await system.post(`${vm}/start`, {})).body).toMatchObject({ status: 'up' });
  });
});

it('a VF that cannot be proved clean is given to nobody, and says why', async () => {
  await start([DEMO_SCENARIOS.alpha]);
  const vm = await addVm('strict');
  const started = await system.post(`${vm}/start`, {});
  const { vf } = started.body.nics[0];
  const refuses = { kind: 'vf-set-errno', pf: PF, property: 'vlan', errno: 'EPERM' } as const;
  system.machine.inject({ ...refuses, calls: { times: null } });
  expect((await system.post(`${vm}/stop`, {})).body.status).toBe('down');
  const { items } = (await system.get(`/api/hosts/${system.host}/nics`)).body;
  const shown = items.find(({ pci_address: address }: { pci_address: string }) => address === vf.pci_address);
  const dirty = await system.until(`/api/hosts/${system.host}/nics/${shown.id}`, (nic) => nic.vf.state === 'dirty');
  expect(dirty.body.vf.free).toBe(false);
  expect(JSON.stringify(dirty.body.vf)).toMatch(/EPERM/);
});
