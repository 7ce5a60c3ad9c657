import type { NicReport, VfReport } from '@vfleet/contracts/vocabulary/host-report';
import { expect, it } from 'vitest';
import { vfsInUse } from './vfs-in-use.ts';

const vf = (index: number, more: Partial<VfReport> = {}): VfReport => ({
  pciAddress: `0000:05:10.${index}`,
  pfAddress: '0000:05:00.0',
  index,
  driver: 'igbvf',
  vfio: null,
  netns: 'here',
  ...more,
});
const nic = (index: number, more: Partial<NicReport> = {}): NicReport => ({
  name: `enp5s0f0v${index}`,
  mac: null,
  mtu: 1500,
  speed: null,
  carrier: null,
  kind: 'physical',
  pciAddress: `0000:05:10.${index}`,
  representorOf: null,
  maxMtu: null,
  altNames: [],
  master: null,
  uppers: [],
  addresses: [],
  vlanId: null,
  ...more,
});

it('finds no use in idle VFs, with or without a netdev', () => {
  expect(vfsInUse([vf(0), vf(1, { netns: 'none', driver: null })], [nic(0)], new Map())).toEqual([]);
});

it('names every VF in use in index order, each with all its reasons', () => {
  const vfs = [
    vf(2, { driver: 'vfio-pci', vfio: { open: 'yes', holder: 'qemu-kvm (pid 7)' }, netns: 'none' }),
    vf(0),
    vf(1),
    vf(3),
  ];
  const nics = [nic(0, { addresses: ['192.0.2.1/24'], uppers: [{ name: 'br0', kind: 'bridge' }] }), nic(1), nic(3)];
  const found = vfsInUse(vfs, nics, new Map());
  expect(found.map(({ pciAddress, reasons }) => [pciAddress, reasons.map(({ code }) => code)])).toEqual([
    ['0000:05:10.0', ['BRIDGE', 'HAS_ADDRESS']],
    ['0000:05:10.2', ['VFIO_OPEN']],
  ]);
  expect(found[1]?.reasons[0]?.text).toContain('qemu-kvm (pid 7)');
});

it('counts a VF prepared for a virtual machine until it was cleaned', () => {
  const fences = new Map([
    ['0000:05:10.0', { fence: 9, cleaned: false }],
    ['0000:05:10.1', { fence: 8, cleaned: true }],
  ]);
  expect(vfsInUse([vf(0), vf(1)], [], fences)).toEqual([
    { pciAddress: '0000:05:10.0', reasons: [{ code: 'CLAIMED', text: 'is claimed for a virtual machine (fence 9)' }] },
  ]);
});
