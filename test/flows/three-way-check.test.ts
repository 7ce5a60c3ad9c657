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
});
