import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { domainWith } from './domains.ts';
import { findVf } from './find-function.ts';
import type { Machine, SimulatedPf, SimulatedVf } from './machine.ts';
import { vfDriver } from './pf-view.ts';

/**
 * Why libvirt or QEMU would not give a VF to a domain, in their words; undefined when they would. libvirt looks at its
 * own list of what domains hold, also for the other devices of the group; QEMU needs the whole group on vfio-pci.
 */
export function vfRefusal(machine: Machine, address: PciAddress): string | undefined {
  const found = findVf(machine, address);
  if (!found) {
    return `Device ${address} not found: could not access /sys/bus/pci/devices/${address}/config: No such file`;
  }
  const group = groupOf(machine, found.vf);
  for (const { vf } of group) {
    const holder = domainWith(machine, vf.address);
    if (holder) return inUse(vf.address, holder.name);
  }
  const { vf } = found;
  if (vf.hold?.kind !== 'vfio') {
    return `Requested operation is not valid: Unmanaged PCI device ${address} must be manually detached from the host`;
  }
  if (vf.hold.process) return qemuDied(`${address}: error opening /dev/vfio/${vf.iommuGroup}: Device or resource busy`);
  const isViable = group.every((each) => vfDriver(machine, each.pf, each.vf)?.endsWith('vfio-pci') ?? true);
  const isWithPf = [...machine.pfs.values()].some(
    ({ iommuGroup }) => iommuGroup !== null && iommuGroup === vf.iommuGroup,
  );
  if (isViable && !isWithPf) return undefined;
  return qemuDied(
    `${address}: group ${vf.iommuGroup} is not viable: all of its devices must be bound to their vfio bus driver`,
  );
}

/** What libvirt says of a domain that is not there. */
export function noDomain(vmId: string): string {
  return `Domain not found: no domain with matching uuid '${vmId}'`;
}

function inUse(address: PciAddress, domain: string): string {
  return `Requested operation is not valid: PCI device ${address} is in use by driver QEMU, domain ${domain}`;
}

function qemuDied(said: string): string {
  return `internal error: QEMU unexpectedly closed the monitor: -device vfio-pci: vfio ${said}`;
}

function groupOf(machine: Machine, { iommuGroup, address }: SimulatedVf): { pf: SimulatedPf; vf: SimulatedVf }[] {
  return [...machine.pfs.values()].flatMap((pf) =>
    pf.vfs
      .filter((vf) => vf.address === address || (iommuGroup !== null && vf.iommuGroup === iommuGroup))
      .map((vf) => ({ pf, vf })),
  );
}
