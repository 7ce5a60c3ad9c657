import type { Named } from '@vfleet/contracts/vocabulary/ids';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { Fence } from './core/vf-fence.ts';
import type { VmRecord } from './core/vm-record.ts';
import type { SeenVf, VmSeen } from './core/vm-step.ts';
import { inParallel } from './in-parallel.ts';
import type { VfSurroundings } from './vm-walk.ts';

type Looking = Pick<VfSurroundings, 'guests' | 'host' | 'files' | 'floor'>;

/** Looks at everything a plan for a VM is made from: its domain, its record, and VFs that are or were to be its own. */
export async function lookAtVm(
  around: Looking,
  { vmId, record, vfs }: { vmId: string; record: VmRecord | null; vfs: readonly PciAddress[] },
): Promise<VmSeen> {
  const { guests, host, floor } = around;
  const [machineBoot, interfaces, seen] = await Promise.all([
    host.bootId(),
    guests.interfacesOf(vmId),
    lookAtVfs(around, vfs),
  ]);
  return {
    machineBoot,
    record,
    floor: floor.known(),
    domain: seen.domains.find((domain) => domain.vmId === vmId) ?? null,
    vnicIds: interfaces?.map(({ vnicId }) => vnicId) ?? [],
    vfs: seen.vfs,
  };
}

/**
 * Looks at VFs: what is kept of each, what is set on it, and who holds it. Whether a VM that had one may still get it is
 * looked at before the domains are: what comes in between is seen.
 */
export async function lookAtVfs(around: Looking, addresses: readonly PciAddress[]) {
  const { guests, host, files } = around;
  const fences = new Map<PciAddress, Fence | null>();
  for (const address of new Set(addresses)) fences.set(address, await files.fence(address));
  const coming = await stillComing([...fences.values()]);
  const domains = await guests.domains();
  const vfs = new Map<PciAddress, SeenVf>();
  for (const [address, fence] of fences) vfs.set(address, await lookAtVf(address, fence));
  return { domains, vfs };

  async function lookAtVf(address: PciAddress, fence: Fence | null): Promise<SeenVf> {
    const found = await guests.lookAtVf(address);
    const domain = domains.find((each) => each.vfs.some(({ pciAddress }) => pciAddress === address));
    const heldBy = domain ? { vmId: domain.vmId, name: `domain ${domain.name}` } : comingTo(fence);
    if (!found) return { fence, vf: null, heldBy };
    const { pfAddress, driver, netdev, settings } = found;
    const mayBeHeld = heldBy === null && driver !== null && netdev === null;
    const outOfSight = mayBeHeld ? await heldOutOfSight(pfAddress, address) : null;
    return { fence, vf: { pciAddress: address, pfAddress, driver, settings }, heldBy: heldBy ?? outOfSight };
  }

  /** The VMs of VFs that were not cleaned since to which something may still come. */
  async function stillComing(kept: readonly (Fence | null)[]): Promise<ReadonlySet<string>> {
    const vmIds = new Set(kept.flatMap((fence) => holderOf(fence)?.id ?? []));
    const found = await inParallel([...vmIds], async (vmId) => ((await guests.mayStillCome(vmId)) ? [vmId] : []));
    return new Set(found.flat());
  }

  function comingTo(fence: Fence | null): SeenVf['heldBy'] {
    const vm = holderOf(fence);
    if (!vm || !coming.has(vm.id)) return null;
    return {
      vmId: null,
      name: `the hypervisor, which is still at starting or plugging for virtual machine ${vm.name}`,
    };
  }

  /**
   * No domain tells of it, and yet a process has it open through vfio, whichever driver of vfio it is, or nobody can say
   * that none has; or its netdev was given to a container.
   */
  async function heldOutOfSight(pfAddress: PciAddress, address: PciAddress): Promise<SeenVf['heldBy']> {
    const vf = (await host.lookAtPf(pfAddress))?.vfs.find(({ pciAddress }) => pciAddress === address);
    if (vf?.netns === 'moved') return { vmId: null, name: 'another network namespace, as of a container' };
    if (!vf?.vfio || vf.vfio.open === 'no') return null;
    return { vmId: null, name: vf.vfio.holder ?? 'a process that cannot be seen' };
  }
}

function holderOf(fence: Fence | null): Named | null {
  return fence && !fence.cleaned ? (fence.holder?.vm ?? null) : null;
}
