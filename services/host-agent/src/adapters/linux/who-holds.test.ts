import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kernelFiles } from './kernel-files.ts';
import { whoHolds } from './who-holds.ts';

const PF = '0000:41:00.0';
const VF = '0000:41:10.0';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vfleet-holds-'));
  addDevice(PF, { device: '0x10c9', sriov_totalvfs: '7', sriov_vf_device: '10ca' });
  mkdirSync(join(root, 'proc/1/ns'), { recursive: true });
  symlinkSync('pid:[4026531836]', join(root, 'proc/1/ns/pid'));
});

afterEach(() => rmSync(root, { recursive: true }));

function addDevice(address: string, attributes: Record<string, string>): string {
  const place = join(root, 'sys/devices/pci0000:40', address);
  mkdirSync(place, { recursive: true });
  mkdirSync(join(root, 'sys/bus/pci/devices'), { recursive: true });
  symlinkSync(`../../../devices/pci0000:40/${address}`, join(root, 'sys/bus/pci/devices', address));
  for (const [name, text] of Object.entries({ vendor: '0x8086', class: '0x020000', ...attributes })) {
    writeFileSync(join(place, name), `${text}\n`);
  }
  return place;
}

function addHolder(...open: string[]): void {
  mkdirSync(join(root, 'proc/254/fd'), { recursive: true });
  writeFileSync(join(root, 'proc/254/comm'), 'qemu\n');
  for (const [descriptor, target] of open.entries()) symlinkSync(target, join(root, 'proc/254/fd', String(descriptor)));
}

it('names a VF that is open, and by whom', async () => {
  const vf = addDevice(VF, { device: '0x10ca' });
  symlinkSync(`../${PF}`, join(vf, 'physfn'));
  symlinkSync('../../../bus/pci/drivers/vfio-pci', join(vf, 'driver'));
  symlinkSync('../../../kernel/iommu_groups/13', join(vf, 'iommu_group'));
  addHolder('/dev/vfio/13');
  expect(await whoHolds(kernelFiles(root), PF)).toBe(`${VF} is open through vfio (qemu (pid 254))`);
});

describe('a VF that the kernel has begun to remove, without driver, PF and group', () => {
  const OTHER_PF = '0000:81:00.0';
  const held = `${VF} cannot be removed while it is open through vfio (qemu (pid 254))`;

  beforeEach(() => {
    addDevice(VF, { device: '0x10ca' });
    addDevice(OTHER_PF, { device: '0x1521', sriov_totalvfs: '7', sriov_vf_device: '1520' });
    mkdirSync(join(root, 'sys/kernel/iommu_groups/13/devices', VF), { recursive: true });
  });

  it('is named, and by whom it is open', async () => {
    addHolder('/dev/vfio/13', 'anon_inode:[vfio-device]');
    expect(await whoHolds(kernelFiles(root), PF)).toContain(held);
  });

  it('is named for any other PF, which cannot be changed either', async () => {
    addHolder('/dev/vfio/13', 'anon_inode:[vfio-device]');
    expect(await whoHolds(kernelFiles(root), OTHER_PF)).toContain(held);
  });

  it('is not blamed on who has another group open', async () => {
    addHolder('/dev/vfio/14', 'anon_inode:[vfio-device]');
    expect(await whoHolds(kernelFiles(root), PF)).toContain('no VF is open through vfio');
  });
});

it('names the driver when nothing is open', async () => {
  expect(await whoHolds(kernelFiles(root), PF)).toContain('no VF is open through vfio');
});
