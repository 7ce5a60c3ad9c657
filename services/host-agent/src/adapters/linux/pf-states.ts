import type { PfHealth, PfIdentity, VfReport } from '@vfleet/contracts/vocabulary/host-report';
import type { PfState } from '../../host.ts';
import type { OwnNetdev } from './own-netdevs.ts';
import type { PciDevice, Sriov } from './pci-devices.ts';
import { isOnVfio, type VfioHolders, vfioUse } from './vfio-holders.ts';

export type PfParts = {
  pf: PciDevice & { sriov: Sriov };
  /** The PF's VFs that could be read; one that is just going is missing. */
  vfs: readonly PciDevice[];
  holders: VfioHolders;
  nic: Pick<OwnNetdev, 'name' | 'mac'> | null;
  health: PfHealth;
  firmware: string | null;
  vfDriverAvailable: boolean;
};

/** A PF as the agent's rules see it. VFs are counted by their links, which are there while `sriov_numvfs` cannot be read. */
export function pfState({ pf, vfs, holders, nic, health, firmware, vfDriverAvailable }: PfParts): PfState {
  const identity: PfIdentity = { vendorId: pf.vendorId, deviceId: pf.deviceId, mac: nic?.mac ?? null };
  const byAddress = new Map(vfs.map((vf) => [vf.address, vf]));
  return {
    pciAddress: pf.address,
    nic: nic?.name ?? null,
    totalVfs: pf.sriov.totalVfs,
    existing: pf.sriov.vfs.length,
    driver: pf.driver,
    firmware,
    identity,
    health,
    autoprobe: pf.sriov.autoprobe,
    vfDriverAvailable,
    vfs: pf.sriov.vfs.flatMap(({ index, address }) => {
      const vf = byAddress.get(address);
      return vf ? [vfReport(vf, { index, pfAddress: pf.address, holders })] : [];
    }),
  };
}

function vfReport(
  vf: PciDevice,
  { index, pfAddress, holders }: { index: number; pfAddress: string; holders: VfioHolders },
): VfReport {
  return {
    pciAddress: vf.address,
    pfAddress,
    index,
    driver: vf.driver,
    vfio: vfioUse(vf, holders),
    netns: netnsOf(vf),
  };
}

/** A VF whose netdev was moved to another network namespace keeps an empty `net/`; on vfio-pci there is none. */
function netnsOf(vf: PciDevice): VfReport['netns'] {
  if (vf.netdevs === null || isOnVfio(vf)) return 'none';
  if (vf.netdevs.length > 0) return 'here';
  return vf.driver === null ? 'none' : 'moved';
}
