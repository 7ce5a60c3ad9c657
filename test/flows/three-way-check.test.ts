import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FlowSystem, startFlowSystem } from './flow-system.ts';

const PF = '0000:05:00.0';

let system: FlowSystem;
let nic: string;
let vfs: string[];

beforeEach(async () => {
  system = await startFlowSystem();
  const { body } = await system.until(nics(), ({ items }) => items.length > 0);
  nic = body.items.find((each: { pci_address: string }) => each.pci_address === PF).name;
  await system.put(config(), { num_of_vfs: 2 });
  const all = (await system.get(nics())).body.items as { vf: { pci_address: string } | null }[];
  vfs = all.flatMap(({ vf }) => (vf ? [vf.pci_address] : [])).sort();
});
afterEach(() => system.close());

const nics = () => `/api/hosts/${system.host}/nics?limit=500`;
const config = () => `/api/hosts/${system.host}/nics/${nic}/vfsConfig`;
const vfPath = (address: string) => `/api/hosts/${system.host}/nics/pci_${address.replace(/[:.]/g, '_')}`;
const differ = (codes: string[]) =>
  system.until(
    `/api/hosts/${system.host}`,
    ({ differences }) => differences.map(({ code }: { code: string }) => code).join() === codes.join(),
  );

function first(): string {
  const [address] = vfs;
  if (!address) throw new Error('no VF');
  return address;
}

describe('every VF is in one state, with its proof', () => {
  it('a domain that somebody started by hand holds its VF until it ends', async () => {
    await system.machine.startForeignDomain('by-hand', [first()]);
    const { body } = await differ(['DOMAIN_WITHOUT_CLAIM']);
    expect(body.differences).toMatchObject([{ pci_address: first(), text: expect.stringContaining('by-hand') }]);
    const held = (await system.get(vfPath(first()))).body.vf;
    expect(held).toMatchObject({ state: 'in_use', free: false, claim: null });
    expect(held.proof).toContain('domain by-hand holds it');
    const refused = await system.put(config(), { num_of_vfs: 1 });
    expect(refused.body.detail).toContain('by-hand');

    await system.machine.endForeignDomain('by-hand');
    await differ([]);
    await system.until(vfPath(first()), ({ vf }) => vf.state === 'free');
  });

  it('a VF on vfio-pci that nobody has is shown, and free when it is given back', async () => {
    system.machine.hold(first(), { kind: 'vfio', process: null });
    await system.post(`/api/hosts/${system.host}/refresh`, {});
    await differ(['VFIO_WITHOUT_HOLDER']);
    expect((await system.get(vfPath(first()))).body.vf).toMatchObject({ state: 'unavailable', free: false });
    system.machine.letGo(first());
    await system.post(`/api/hosts/${system.host}/refresh`, {});
    await differ([]);
  });

  it('ledger, host and hypervisor agree while a virtual machine runs, and when it is gone', async () => {
    await system.post('/api/networks', { id: 'red', name: 'red' });
    await system.post('/api/vnicprofiles', { id: 'pt', name: 'pt', network: { id: 'red' }, pass_through: 'enabled' });
    await system.post('/api/vms', { id: 'web', name: 'web' });
    const vnic = { id: 'nic1', name: 'nic1', interface: 'pci_passthrough', vnic_profile: { id: 'pt' } };
    expect((await system.post('/api/vms/web/nics', vnic)).status).toBe(201);
    const started = await system.post('/api/vms/web/start', {});
    expect(started).toMatchObject({ status: 200, body: { status: 'up' } });

    const held = started.body.nics[0].vf.pci_address;
    const { body } = await system.until(vfPath(held), ({ vf }) => /: domain \S+ holds it/.test(vf.proof));
    expect(body.vf).toMatchObject({ state: 'attached', claim: { vm: { name: 'web' }, vnic: { name: 'nic1' } } });
    expect(body.vf.proof).toMatch(/^ledger: claim .* attached since .*; hypervisor, .*: domain .* holds it.*; host, /);
    await differ([]);

    const { body: plan } = await system.post(`${config()}/plan`, { num_of_vfs: 1 });
    expect(plan).toMatchObject({
      vms: [{ name: 'web', vnics: [{ name: 'nic1' }], state: 'attached' }],
      conflicts: [{ code: 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED' }],
    });
    expect(plan.drain_steps).toEqual([expect.stringContaining('Stop or migrate virtual machine web')]);
    const refused = await system.put(config(), { num_of_vfs: 1, plan_token: plan.token });
    expect(refused.body.refusals).toEqual(plan.conflicts);

    expect((await system.post('/api/vms/web/stop', {})).status).toBe(200);
    await system.until(vfPath(held), ({ vf }) => vf?.state === 'free');
    await differ([]);
    const outdated = await system.put(config(), { num_of_vfs: 1, plan_token: plan.token });
    expect(outdated.body.refusals).toMatchObject([{ code: 'PLAN_IS_OUTDATED' }]);
    const again = (await system.post(`${config()}/plan`, { num_of_vfs: 1 })).body;
    expect(again).toMatchObject({ vms: [], drain_steps: [], conflicts: [] });
    expect((await system.put(config(), { num_of_vfs: 1, plan_token: again.token })).status).toBe(200);
  });
});
