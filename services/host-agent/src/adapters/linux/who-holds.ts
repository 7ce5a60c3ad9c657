import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { KernelFiles } from './kernel-files.ts';
import { type PciDevice, pciDevices } from './pci-devices.ts';
import { type VfioHolders, vfioHolders, vfioUse } from './vfio-holders.ts';

/**
 * What probably keeps a write of this PF's `sriov_numvfs` from its end, in words: VFs open through vfio, and by whom.
 * The kernel takes driver, PF and IOMMU group off a VF before it waits for who has it open. Such a VF is known by its
 * ids alone, and its holder is one of those who have anything of vfio open.
 */
export async function whoHolds(files: KernelFiles, address: PciAddress): Promise<string> {
  const devices = await pciDevices(files);
  const pf = devices.find((device) => device.address === address);
  if (!pf) return `${address} is not there any more`;
  const holders = await vfioHolders(files);
  const held = devices.flatMap((device) => {
    const use = device.physfn === address ? vfioUse(device, holders) : null;
    return use && use.open !== 'no' ? [`${device.address} is open through vfio (${use.holder})`] : [];
  });
  const leaving = devices.filter((device) => isLeaving(device, pf)).map((device) => device.address);
  if (leaving.length > 0)
    held.push(`${leaving.join(', ')} cannot be removed while open through vfio (${anyOf(holders)})`);
  if (held.length > 0) return held.join('; ');
  return `no VF is open through vfio; driver ${pf.driver ?? '(none)'} of ${address} does not come to an end`;
}

function isLeaving(device: PciDevice, pf: PciDevice): boolean {
  return (
    device.physfn === null &&
    device.driver === null &&
    device.vendorId === pf.vendorId &&
    device.deviceId === pf.sriov?.vfDeviceId
  );
}

function anyOf({ byFile, unseen }: VfioHolders): string {
  const everybody = new Set([...byFile.values()].flat());
  return everybody.size > 0 ? [...everybody].join(', ') : (unseen ?? 'by nobody that can be seen');
}
