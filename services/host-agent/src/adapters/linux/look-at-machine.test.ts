import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type MadeMachine, openMadeMachine } from '../../testing/made-machine.ts';

const PF = '0000:03:00.0';
const VF0 = '0000:03:00.2';
const VF1 = '0000:03:00.3';

const SWITCH = { phys_switch_id: '7ec2' };
const UPLINK = { ...SWITCH, phys_port_name: 'p0' };

const open: MadeMachine[] = [];

async function made(...machine: Parameters<typeof openMadeMachine>): Promise<MadeMachine> {
  const opened = await openMadeMachine(...machine);
  open.push(opened);
  return opened;
}

afterEach(async () => {
  for (const opened of open.splice(0)) await opened.close();
});

describe('a PF in switchdev mode', () => {
  /** The representors come before the PF's own netdev by name, as eth0 before p1p1. */
  const switchdev = () =>
    made({
      devices: {
        [PF]: {
          totalVfs: 4,
          vfs: { 0: VF0, 1: VF1 },
          netdevs: [
            { name: 'eth0', link: { ...SWITCH, phys_port_name: 'pf0vf0' } },
            { name: 'eth1', link: { ...SWITCH, phys_port_name: 'pf0vf1', master: 'ovs-system' } },
            { name: 'eth2', link: { ...SWITCH, phys_port_name: 'c1pf0vf1' } },
            { name: 'eth3', link: { ...SWITCH, phys_port_name: 'pf0sf88' } },
            { name: 'p1p1', link: { ...UPLINK, master: 'ovs-system', address: '0c:42:a1:00:00:01' } },
          ],
        },
        [VF0]: { physfn: PF, netdevs: [{ name: 'p1p1v0' }] },
        [VF1]: { physfn: PF, driver: 'vfio-pci' },
      },
      links: [{ ifname: 'ovs-system', linkinfo: { info_kind: 'openvswitch' } }],
    });

  it('F18: has its own netdev, whatever the representors are named', async () => {
    const { host } = await switchdev();
    const { pfs } = await host.scan();
    expect(pfs.map(({ nic, identity, existing }) => [nic, identity.mac, existing])).toEqual([
      ['p1p1', '0c:42:a1:00:00:01', 2],
    ]);
    expect(await host.lookAtPf(PF)).toEqual(pfs[0]);
    expect((await host.nicsOf([PF])).map(({ name }) => name)).toEqual(['p1p1']);
  });

  it('has representors of VFs of this computer, and of what is none', async () => {
    const { nics } = await (await switchdev()).host.scan();
    const represent = nics.flatMap(({ name, kind, pciAddress, representorOf }) =>
      kind === 'representor' ? [[name, pciAddress, representorOf]] : [],
    );
    expect(represent).toEqual([
      ['eth0', null, { pfAddress: PF, vfIndex: 0 }],
      ['eth1', null, { pfAddress: PF, vfIndex: 1 }],
      ['eth2', null, null],
      ['eth3', null, null],
    ]);
  });

  it('keeps representors apart from the netdevs of VFs, in the listing too', async () => {
    const { devices, pfs, nics } = await (await switchdev()).host.scan();
    const below = (name: string) =>
      Object.values(devices).flatMap(({ params }) => (params.parent === name ? (params.interface ?? []) : []));
    expect(below('pci_0000_03_00_0')).toEqual(['p1p1']);
    expect(below('pci_0000_03_00_2')).toEqual(['p1p1v0']);
    expect(below('computer')).toEqual(expect.arrayContaining(['eth0', 'eth1', 'eth2', 'eth3']));
    expect(pfs[0]?.vfs.map(({ netns }) => netns)).toEqual(['here', 'none']);
    expect(nics.filter(({ pciAddress }) => pciAddress === VF0).map(({ name }) => name)).toEqual(['p1p1v0']);
  });

  it('F58: is set up through its own netdev, and polled without programs once it is known', async () => {
    const { host, ran } = await switchdev();
    await host.setPfUp(PF);
    expect(ran.at(-1)).toEqual(['ip', 'link', 'set', 'dev', 'p1p1', 'up']);
    const before = ran.filter(([program]) => program === 'ip').length;
    await host.lookAtPf(PF);
    expect(ran.filter(([program]) => program === 'ip').length).toBe(before);
  });
});

describe('a PF with several children', () => {
  it('F44: has the first of its ports by name; the VFs are told once', async () => {
    const { host } = await made({
      devices: {
        [PF]: { driver: 'mlx4_core', totalVfs: 8, vfs: { 0: VF0 }, netdevs: [{ name: 'ens1d1' }, { name: 'ens1' }] },
        [VF0]: { physfn: PF, driver: 'mlx4_core', netdevs: [{ name: 'ens1v0' }, { name: 'ens1v0d1' }] },
      },
    });
    const { pfs, nics } = await host.scan();
    expect(pfs.map(({ nic, vfs }) => [nic, vfs.length])).toEqual([['ens1', 1]]);
    expect(nics.filter(({ pciAddress }) => pciAddress === PF)).toHaveLength(2);
    expect((await host.nicsOf([VF0])).map(({ name }) => name)).toEqual(['ens1v0', 'ens1v0d1']);
  });

  it('F45: is a network PF though it is a SCSI host too; a storage function with VFs is not', async () => {
    const storage = '0000:03:00.1';
    const { host } = await made({
      devices: {
        [PF]: { totalVfs: 8, netdevs: [{ name: 'ens1' }], files: { 'host7/scsi_host/host7/state': 'running' } },
        [storage]: { class: '0x0c0400', totalVfs: 8, files: { 'host8/scsi_host/host8/state': 'running' } },
      },
    });
    expect((await host.scan()).pfs.map(({ pciAddress, nic }) => [pciAddress, nic])).toEqual([[PF, 'ens1']]);
  });
});

describe('what is lost stays visible', () => {
  it('a PF without its driver, a VF without one, a VF that has gone', async () => {
    const gone = '0000:03:00.4';
    const { host } = await made({
      devices: {
        [PF]: { driver: null, totalVfs: 4, vfs: { 0: VF0, 2: gone } },
        [VF0]: { physfn: PF, driver: null },
      },
    });
    const [pf] = (await host.scan()).pfs;
    expect(pf).toMatchObject({ driver: null, nic: null, firmware: null, existing: 2, health: { carrier: null } });
    expect(pf?.vfs).toMatchObject([{ index: 0, pciAddress: VF0, driver: null, netns: 'none' }]);
  });
});

describe('names', () => {
  const machine = { devices: { [PF]: { totalVfs: 4, netdevs: [{ name: 'ens1' }] } } };

  it('F18: that udev changes between two looks are looked at once more', async () => {
    const { host, ran } = await made({
      ...machine,
      answers: (every) => [JSON.stringify([{ ...every[0], ifname: 'eth0' }]), JSON.stringify(every)],
    });
    const { pfs, nics } = await host.scan();
    expect(pfs[0]?.nic).toBe('ens1');
    expect(nics).toMatchObject([{ name: 'ens1', pciAddress: PF }]);
    expect(ran.filter(([program]) => program === 'ip')).toHaveLength(2);
  });

  it('that udev adds are told', async () => {
    const { host } = await made({
      devices: { [PF]: { totalVfs: 4, netdevs: [{ name: 'ens1', link: { altnames: ['enp3s0f0'], max_mtu: 9978 } }] } },
      links: [{ ifname: 'br0', max_mtu: 0, linkinfo: { info_kind: 'bridge' } }],
    });
    const { nics } = await host.scan();
    expect(nics.map(({ altNames, maxMtu }) => [altNames, maxMtu])).toEqual([
      [['enp3s0f0'], 9978],
      [[], null],
    ]);
  });

  /** What the kernel takes (dev_valid_name): up to 15 bytes without space, slash and colon, not `.` or `..`. */
  const Name = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 15 })
    .filter((name) => !/[\s/:\0]|^\.\.?$/u.test(name) && Buffer.byteLength(name) <= 15 && name.isWellFormed());

  it('may be anything that the kernel takes', async () => {
    await fc.assert(
      fc.asyncProperty(Name, async (name) => {
        const machine = await openMadeMachine({
          devices: { [PF]: { totalVfs: 4, netdevs: [{ name }] } },
          // `ip` prints control characters as they are.
          answers: (every) => [
            JSON.stringify(every).replace(/\\u00([01][0-9a-f])/g, (_, code) => String.fromCharCode(parseInt(code, 16))),
          ],
        });
        try {
          const { pfs, nics } = await machine.host.scan();
          expect(pfs.map(({ nic }) => nic)).toEqual([name]);
          expect(nics).toMatchObject([{ name, kind: 'physical', pciAddress: PF }]);
        } finally {
          await machine.close();
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('what no kernel writes', () => {
  it.each([
    ['vendor', 'Mellanox'],
    ['numa_node', 'zero'],
    ['sriov_totalvfs', '0x8'],
  ])('is refused, with device and attribute: %s', async (file, text) => {
    const { host } = await made({ devices: { [PF]: { totalVfs: 4, files: { [file]: text } } } });
    await expect(host.scan()).rejects.toThrow(new RegExp(`${PF}[^]*${file}`));
  });
});
