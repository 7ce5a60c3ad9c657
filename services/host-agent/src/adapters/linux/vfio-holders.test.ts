import { describe, expect, it } from 'vitest';
import type { KernelFiles } from './kernel-files.ts';
import type { PciDevice } from './pci-devices.ts';
import { isOnVfio, vfioHolders, vfioUse } from './vfio-holders.ts';

const VF: PciDevice = {
  address: '0000:41:10.0',
  parent: '0000:40:00.0',
  class: '0x020000',
  vendorId: '0x8086',
  deviceId: '0x10ca',
  driver: 'vfio-pci',
  iommuGroup: '12',
  numaNode: 0,
  netdevs: null,
  vfioDevices: ['vfio0'],
  physfn: '0000:41:00.0',
  sriov: null,
};

const FIRST_NAMESPACE = 'pid:[4026531836]';

type Process = { comm: string; cmdline?: string; open: string[] | NodeJS.ErrnoException };

function procOf(processes: Record<string, Process>, pidNamespace = FIRST_NAMESPACE): KernelFiles {
  const at = (path: string) => {
    const [, pid = '', ...rest] = path.split('/');
    return { process: processes[pid], rest };
  };
  const now: KernelFiles['now'] = {
    names: (path) => {
      if (path === 'proc') return [...Object.keys(processes), 'self', 'sys'];
      const open = at(path).process?.open;
      if (open instanceof Error) throw open;
      return open?.map((_, descriptor) => String(descriptor));
    },
    link: (path) => {
      if (path === 'proc/1/ns/pid') return pidNamespace;
      const { process, rest } = at(path);
      return Array.isArray(process?.open) ? process.open[Number(rest[1])] : undefined;
    },
    text: (path) => {
      const { process, rest } = at(path);
      return rest[0] === 'comm' ? process?.comm : process?.cmdline;
    },
  };
  return {
    names: async (path) => now.names(path),
    link: async (path) => now.link(path),
    text: async (path) => now.text(path),
    now,
  };
}

const QEMU = { comm: 'qemu-system-x86', cmdline: 'qemu-system-x86_64\0-name\0guest=vm1,debug-threads=on\0' };
const DENIED = Object.assign(new Error('EACCES'), { code: 'EACCES' });

async function useIn(...proc: Parameters<typeof procOf>) {
  return vfioUse(VF, await vfioHolders(procOf(...proc)));
}

describe('a VF on vfio-pci', () => {
  it('is not open when nobody has its group', async () => {
    expect(await useIn({ 1: { comm: 'systemd', open: ['/dev/null'] } })).toEqual({ open: 'no', holder: null });
  });

  it.each([
    ['its group', '/dev/vfio/12'],
    ['its own device file', '/dev/vfio/devices/vfio0'],
    ['its group without an IOMMU', '/dev/vfio/noiommu-12'],
  ])('is open through %s, and names process and domain', async (_, file) => {
    const open = ['/dev/vfio/vfio', file, 'anon_inode:[vfio-device]'];
    expect(await useIn({ 77: { ...QEMU, open } })).toEqual({
      open: 'yes',
      holder: 'qemu-system-x86 (pid 77, domain vm1)',
    });
  });

  it('names every holder once', async () => {
    const open = ['/dev/vfio/12', '/dev/vfio/devices/vfio0'];
    expect(await useIn({ 7: { comm: 'a', open }, 8: { comm: 'b', open } })).toEqual({
      open: 'yes',
      holder: 'a (pid 7), b (pid 8)',
    });
  });

  it('is not open through the group of another', async () => {
    expect(await useIn({ 77: { ...QEMU, open: ['/dev/vfio/13', '/dev/vfio/vfio'] } })).toMatchObject({ open: 'no' });
  });

  it('is unreadable when a process may not be looked at', async () => {
    expect(await useIn({ 5: { comm: 'x', open: DENIED } })).toEqual({
      open: 'unreadable',
      holder: 'the open files of other processes may not be read',
    });
  });

  it('is open all the same when another process shows it', async () => {
    const processes = { 5: { comm: 'x', open: DENIED }, 77: { ...QEMU, open: ['/dev/vfio/12'] } };
    expect(await useIn(processes)).toMatchObject({ open: 'yes' });
  });

  it('is unreadable from inside of a container, where processes go unseen', async () => {
    expect(await useIn({ 1: { comm: 'agent', open: [] } }, 'pid:[4026532201]')).toMatchObject({ open: 'unreadable' });
  });

  it('is unreadable when somebody keeps a device of unknown group', async () => {
    expect(await useIn({ 9: { comm: 'dpdk', open: ['/dev/vfio/vfio', 'anon_inode:[vfio-device]'] } })).toEqual({
      open: 'unreadable',
      holder: 'dpdk (pid 9) has a vfio device open without its group',
    });
  });
});

it('knows the drivers of vfio', () => {
  const drivers = ['vfio-pci', 'mlx5_vfio_pci', 'hisi_acc_vfio_pci', 'igbvf', 'xvfio-pci', null];
  expect(drivers.map((driver) => isOnVfio({ driver }))).toEqual([true, true, true, false, false, false]);
});
