import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { VmRecord } from './core/vm-record.ts';
import type { SeenVf, VmSeen } from './core/vm-step.ts';
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

/** Looks at VFs: what is kept of each, what is set on it, and who holds it. */
export async function lookAtVfs(around: Looking, addresses: readonly PciAddress[]) {
  const { guests, host, files } = around;
  const domains = await guests.domains();
  const vfs = new Map<PciAddress, SeenVf>();
  for (const address of new Set(addresses)) vfs.set(address, await lookAtVf(address));
  return { domains, vfs };

  async function lookAtVf(address: PciAddress): Promise<SeenVf> {
    const [fence, found] = await Promise.all([files.fence(address), guests.lookAtVf(address)]);
    const domain = domains.find((each) => each.vfs.some(({ pciAddress }) => pciAddress === address));
    const heldBy = domain ? { vmId: domain.vmId, name: `domain ${domain.name}` } : null;
    if (!found) return { fence, vf: null, heldBy };
    const { pfAddress, driver, settings } = found;
    const openBy = heldBy === null && driver === 'vfio-pci' ? await openThroughVfio(pfAddress, address) : null;
    return { fence, vf: { pciAddress: address, pfAddress, driver, settings }, heldBy: heldBy ?? openBy };
  }

  /** No domain tells of it, and yet a process has it open, or nobody can say that none has. */
  async function openThroughVfio(pfAddress: PciAddress, address: PciAddress): Promise<SeenVf['heldBy']> {
    const vfio = (await host.lookAtPf(pfAddress))?.vfs.find(({ pciAddress }) => pciAddress === address)?.vfio ?? null;
    if (vfio === null || vfio.open === 'no') return null;
    return { vmId: null, name: vfio.holder ?? 'a process that cannot be seen' };
  }
}
