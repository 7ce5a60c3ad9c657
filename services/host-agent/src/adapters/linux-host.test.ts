import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostUseReasons } from '@vfleet/contracts/vocabulary/vf-in-use';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { REAL_SRIOV } from '../../../../test/fixtures/sysfs-tree.ts';
import { describeReading } from '../host-conformance.ts';
import {
  CAPTURE_NAMES,
  type CapturedHost,
  type CaptureName,
  openCapturedHost,
  removeCaptures,
} from '../testing/captured-host.ts';

const open: CapturedHost[] = [];

async function captured(name: CaptureName): Promise<CapturedHost> {
  const opened = await openCapturedHost(name);
  open.push(opened);
  return opened;
}

afterEach(async () => {
  for (const opened of open.splice(0)) await opened.close();
});

afterAll(removeCaptures);

for (const name of CAPTURE_NAMES) {
  describeReading(`linux-host on the capture ${name}`, async () => ({
    ...(await openCapturedHost(name)),
    pf: '0000:81:00.0',
    passing: (promise) => promise,
  }));
}

describe('a scan of a real machine', () => {
  it.each(CAPTURE_NAMES)('shows what the capture %s holds', async (name) => {
    const { host } = await captured(name);
    const golden = join(REAL_SRIOV, '../host-scans', `${name}.json`);
    await expect(`${JSON.stringify(await host.scan(), null, 1)}\n`).toMatchFileSnapshot(golden);
  });

  it('lists devices as libvirt does', async () => {
    const { host } = await captured('vfs-in-use');
    const { devices } = await host.scan();
    const folder = join(REAL_SRIOV, 'libvirt/xml');
    const seen = await Promise.all(
      (await readdir(folder)).map(async (file) => libvirtDevice(await readFile(join(folder, file), 'utf8'))),
    );
    expect(seen.length).toBe(35);
    for (const { name, params } of seen) {
      // The virtual function's netdev was in another network namespace here, and back when libvirt was asked.
      if (name === 'net_ens11v1_6e_10_32_ea_b6_bb') expect(devices[name]).toBeUndefined();
      else expect(devices[name]?.params, name).toEqual(params);
    }
  });

  it('counts the VFs of each port of a dual-port card, though their addresses interleave', async () => {
    const { host } = await captured('dual-port');
    const { pfs } = await host.scan();
    expect(pfs.map((pf) => [pf.nic, pf.vfs.map((vf) => vf.pciAddress)])).toEqual([
      ['ens11', []],
      ['ens13', []],
      ['ens12', []],
      ['ens16f0', ['0000:82:10.0', '0000:82:10.2', '0000:82:10.4']],
      ['ens16f1', ['0000:82:10.1', '0000:82:10.3', '0000:82:10.5']],
    ]);
  });

  it('lists an NVMe controller with VFs as a device, not as a PF to manage', async () => {
    const { host } = await captured('nvme-pf');
    const { devices, pfs } = await host.scan();
    expect(devices.pci_0000_82_00_0?.params).toMatchObject({ totalvfs: 4, driver: 'nvme' });
    expect(devices.pci_0000_82_00_1?.params).toMatchObject({ physfn: 'pci_0000_82_00_0' });
    expect(pfs.map(({ pciAddress }) => pciAddress)).not.toContain('0000:82:00.0');
    expect(await host.lookAtPf('0000:82:00.0')).toBeUndefined();
  });

  it('knows driver, firmware, identity and VF driver of a PF', async () => {
    const { host } = await captured('vfs-created');
    expect(await host.lookAtPf('0000:41:00.0')).toMatchObject({
      nic: 'ens11',
      totalVfs: 7,
      existing: 4,
      driver: 'igb',
      firmware: '2.1.0',
      identity: { vendorId: '0x8086', deviceId: '0x10c9', mac: '52:54:00:aa:00:01' },
      autoprobe: true,
      vfDriverAvailable: true,
    });
  });

  it('polls a PF without starting programs', async () => {
    const { host, ran } = await captured('vfs-created');
    await host.lookAtPf('0000:41:00.0');
    const before = ran.length;
    await host.lookAtPf('0000:41:00.0');
    expect(ran.slice(before)).toEqual([]);
  });
});

describe('what uses a VF', () => {
  /** VF index → codes, as inventory and the agent judge them. */
  async function reasonsOf(opened: CapturedHost, pfAddress: string): Promise<Record<number, string[]>> {
    const { pfs, nics } = await opened.host.scan();
    const vfs = pfs.find(({ pciAddress }) => pciAddress === pfAddress)?.vfs ?? [];
    return Object.fromEntries(
      vfs.map((vf) => {
        const own = nics.filter(({ pciAddress }) => pciAddress === vf.pciAddress);
        return [vf.index, hostUseReasons(vf, own).map(({ code }) => code)];
      }),
    );
  }

  it('is an address, a network namespace, a macvtap; a VF on vfio-pci that nobody has open is not in use', async () => {
    const opened = await captured('vfs-in-use');
    expect(await reasonsOf(opened, '0000:41:00.0')).toEqual({
      0: ['HAS_ADDRESS'],
      1: ['NETNS_MOVED'],
      2: [],
      3: ['MACVTAP'],
    });
    expect(await reasonsOf(opened, '0000:42:00.0')).toEqual({ 0: [], 1: [], 2: [], 3: [] });
  });

  it('is a bond or a bridge', async () => {
    const opened = await captured('bond-bridge');
    expect(await reasonsOf(opened, '0000:41:00.0')).toEqual({ 0: ['BOND_SLAVE'], 1: ['BRIDGE'], 2: [] });
  });

  it('is a domain that has the group of the VF open, named with its process', async () => {
    const opened = await captured('vf-in-domain');
    await opened.addProcess({
      pid: 318,
      comm: 'qemu-system-x86',
      commandLine: ['/usr/bin/qemu-system-x86_64', '-name', 'guest=vm1,debug-threads=on', '-S'],
      open: ['/dev/null', '/dev/vfio/12', '/dev/vfio/vfio', 'anon_inode:[vfio-device]'],
    });
    expect((await opened.host.lookAtPf('0000:41:00.0'))?.vfs[0]).toMatchObject({
      driver: 'vfio-pci',
      netns: 'none',
      vfio: { open: 'yes', holder: 'qemu-system-x86 (pid 318, domain vm1)' },
    });
    expect(await opened.host.holderOf('0000:41:00.0')).toContain('0000:41:10.0');
    expect(await opened.host.holderOf('0000:41:00.0')).toContain('qemu-system-x86 (pid 318, domain vm1)');
  });
});

/** What a listing must hold of a device, read from libvirt's own description. */
function libvirtDevice(xml: string): { name: string; params: Record<string, unknown> } {
  const text = (pattern: RegExp) => pattern.exec(xml)?.[1];
  const name = text(/<name>([^<]+)<\/name>/) ?? '';
  const parent = text(/<parent>([^<]+)<\/parent>/);
  const capability = text(/<capability type='(\w+)'>/);
  if (capability === 'system') {
    return {
      name,
      params: { capability, vendor: text(/<vendor>(.*)<\/vendor>/), product: text(/<product>(.*)<\/product>/) },
    };
  }
  if (capability === 'net')
    return { name, params: { capability, parent, interface: text(/<interface>(.*)<\/interface>/) } };
  const numbers = ['domain', 'bus', 'slot', 'function'].map((part) => [part, text(new RegExp(`<${part}>(\\d+)<`))]);
  const totalVfs = text(/<capability type='virt_functions' maxCount='(\d+)'/);
  const physfn =
    /type='phys_function'>\s*<address domain='0x(\w+)' bus='0x(\w+)' slot='0x(\w+)' function='0x(\w+)'/.exec(xml);
  return {
    name,
    params: {
      capability,
      parent,
      driver: text(/<driver>\s*<name>(.*)<\/name>/),
      vendor: text(/<vendor id='\w+'>(.*)<\/vendor>/),
      vendor_id: text(/<vendor id='(\w+)'/),
      product: text(/<product id='\w+'>(.*)<\/product>/),
      product_id: text(/<product id='(\w+)'/),
      is_assignable: xml.includes("<capability type='pci-bridge'/>") ? 'false' : 'true',
      address: Object.fromEntries(numbers),
      iommu_group: text(/<iommuGroup number='(\d+)'/),
      numa_node: text(/<numa node='(\d+)'/),
      ...(totalVfs ? { totalvfs: Number(totalVfs) } : {}),
      ...(physfn ? { physfn: `pci_${physfn.slice(1).join('_')}` } : {}),
    },
  };
}
