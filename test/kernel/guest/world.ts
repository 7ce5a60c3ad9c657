import assert from 'node:assert/strict';
import { Vm } from '@vfleet/contracts/vocabulary/vm';
import { z } from 'zod';
import type { Api } from './api.ts';
import { eventually } from './eventually.ts';
import { domains, type PfName, run, type SeenVf, seeVf, vfAddress } from './machine.ts';

export const VLAN = 100;
/** The PF that is given VFs. */
export const PF: PfName = 'ens11';

/** Gives the PF VFs, and makes a network with a VLAN and a passthrough profile on it, `red-vf`. */
export async function makeWorld(api: Api, { vfs }: { vfs: number }): Promise<void> {
  assert.partialDeepStrictEqual((await api.putNumVfs(PF, vfs)).config, { existing_num_of_vfs: vfs, state: 'ready' });
  // udev gives new netdevs their names, and their MACs
  run('udevadm', 'settle');
  await made(api, '/api/networks', { name: 'red', vlan_id: VLAN });
  await made(api, '/api/vnicprofiles', { name: 'red-vf', network: { name: 'red' }, pass_through: 'enabled' });
}

/** Adds a VM with this domain XML and vNICs `nic1`… on `red-vf`. */
export async function addVm(api: Api, name: string, xml: string, { nics = 1 }: { nics?: number } = {}): Promise<void> {
  await made(api, '/api/vms', { name, domain_xml: xml });
  for (let n = 1; n <= nics; n++) {
    const nic = { name: `nic${n}`, interface: 'pci_passthrough', vnic_profile: { name: 'red-vf' } };
    await made(api, `/api/vms/${name}/nics`, nic);
  }
}

/** Waits until the host can run VMs: its hypervisor has answered since VFleet was started. */
export async function hostIsUp(api: Api): Promise<void> {
  await eventually(async () => assert.partialDeepStrictEqual((await api.get(await api.host())).body, { status: 'up' }));
}

/** Starts a VM and waits until it runs, however slow the machine is. */
export async function start(api: Api, name: string): Promise<Vm> {
  await hostIsUp(api);
  const { status, problem } = await api.post(`/api/vms/${name}/start`);
  assert.ok(status === 200 || status === 202, problem?.detail);
  return reaches(api, name, 'up');
}

/** Stops a VM and waits until it is down; by force unless its guest can be asked. */
export async function stop(api: Api, name: string, { force = true }: { force?: boolean } = {}): Promise<Vm> {
  const { status, problem } = await api.post(`/api/vms/${name}/stop`, { force });
  assert.ok(status === 200 || status === 202, problem?.detail);
  return reaches(api, name, 'down');
}

export async function reaches(api: Api, name: string, status: Vm['status']): Promise<Vm> {
  await eventually(async () => assert.equal((await api.vm(name)).status, status));
  return api.vm(name);
}

/** Every VF of the PF, as it is seen from outside of VFleet. */
export function seeVfs(count: number): SeenVf[] {
  return Array.from({ length: count }, (_, index) => seeVf(PF, index));
}

const NO_MAC = '00:00:00:00:00:00';

/**
 * The VF is as it was before: on its own driver, with its netdev, without VLAN, with the MAC it had. Where that was none,
 * as igb has it, which takes none back (F20), it is another one than that of any vNIC (F24).
 */
export async function assertClean(api: Api, index: number, before: SeenVf | undefined): Promise<void> {
  assert.ok(before);
  const { mac, ...rest } = seeVf(PF, index);
  const { mac: macBefore, ...restBefore } = before;
  assert.deepEqual(rest, restBefore);
  if (macBefore !== NO_MAC) return assert.equal(mac, macBefore);
  const { items } = z.object({ items: z.array(Vm) }).parse((await api.get('/api/vms?limit=100')).body);
  const macs = items.flatMap(({ nics }) => nics.map((nic) => nic.mac));
  assert.ok(!macs.includes(mac), `the VF has the MAC of a vNIC still: ${mac}`);
}

/** Nothing is held and nothing is left: no domain, no claim, and every VF is free in the API and clean on the machine. */
export async function assertNothingLeft(api: Api, before: readonly SeenVf[]): Promise<void> {
  await eventually(async () => {
    assert.deepEqual(domains(), {});
    for (const [index, vf] of before.entries()) await assertClean(api, index, vf);
    const nics = await api.nics();
    const shown = before.map((_, index) => {
      const { vf } = nics.find(({ pci_address: address }) => address === vfAddress(PF, index)) ?? {};
      return vf && { free: vf.free, state: vf.state, claim: vf.claim, reasons: vf.reasons };
    });
    assert.deepEqual(
      shown,
      before.map(() => ({ free: true, state: 'free', claim: null, reasons: [] })),
    );
  });
}

async function made(api: Api, path: string, body: object): Promise<void> {
  const { status, problem } = await api.post(path, body);
  assert.equal(status, 201, problem?.detail);
}
