import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { inParallel } from '../../in-parallel.ts';
import type { KernelFiles } from './kernel-files.ts';
import { type PciDevice, pciDevices } from './pci-devices.ts';
import { vfioHolders, vfioUse } from './vfio-holders.ts';

const GROUPS = 'sys/kernel/iommu_groups';

/**
 * What probably keeps a write of this PF's `sriov_numvfs` from its end, in words: VFs open through vfio, and by whom.
 * A VF that the kernel waits for has lost driver, PF and group already and is known by its ids and by the group's own
 * list. It is looked for on the whole machine: kernels that take the rescan-remove lock for a change of VFs (6.18, and
 * older ones with the fix) change no other PF until it is let go.
 */
export async function whoHolds(files: KernelFiles, address: PciAddress): Promise<string> {
  const devices = await pciDevices(files);
  const pf = devices.find((device) => device.address === address);
  if (!pf) return `${address} is not there any more`;
  const leaving = await leavingVfs(files, devices);
  const holders = await vfioHolders(files);
  const held = [...devices.filter(({ physfn }) => physfn === address), ...leaving].flatMap((vf) => {
    const use = vfioUse(vf, holders);
    if (!use || use.open === 'no') return [];
    return vf.physfn
      ? `${vf.address} is open through vfio (${use.holder})`
      : `${vf.address} cannot be removed while it is open through vfio (${use.holder}), nor can another PF be changed on most kernels`;
  });
  if (held.length > 0) return held.join('; ');
  return `no VF is open through vfio; driver ${pf.driver ?? '(none)'} of ${address} does not come to an end`;
}

/** VFs in the middle of their removal, as they were before it. */
async function leavingVfs(files: KernelFiles, devices: readonly PciDevice[]): Promise<PciDevice[]> {
  const vfIds = new Set(devices.map(({ vendorId, sriov }) => `${vendorId}:${sriov?.vfDeviceId}`));
  const leaving = devices.filter(
    ({ physfn, driver, vendorId, deviceId }) => !physfn && !driver && vfIds.has(`${vendorId}:${deviceId}`),
  );
  if (leaving.length === 0) return [];
  const groups = await groupsByDevice(files);
  return leaving.map((vf) => ({ ...vf, driver: 'vfio-pci', iommuGroup: groups.get(vf.address) ?? null }));
}

async function groupsByDevice(files: KernelFiles): Promise<Map<string, string>> {
  const groups = (await files.names(GROUPS)) ?? [];
  const members = await inParallel(groups, async (group) => {
    const devices = (await files.names(`${GROUPS}/${group}/devices`)) ?? [];
    return devices.map((device) => [device, group] as const);
  });
  return new Map(members.flat());
}
