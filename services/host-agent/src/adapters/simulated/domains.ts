import type { DomainReport } from '@vfleet/contracts/vocabulary/domain';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { SimulatedDomain, SimulatedInterface } from './domain.ts';
import { findVf } from './find-function.ts';
import type { Machine, SimulatedVf } from './machine.ts';
import { ZERO_MAC } from './vf-settings.ts';

/** What libvirt sets where a driver does not take an all-zero MAC back (virNetDevSetVfConfig). */
const ALTERNATIVE_TO_ZERO_MAC = '02:00:00:00:00:00';

/** The domain of a VM that is there now. */
export function domainOf(machine: Machine, vmId: string): SimulatedDomain | undefined {
  return machine.domains.find((domain) => domain.vmId === vmId);
}

/** The domain to which libvirt counts a VF, also one that vanished from under it (F53). */
export function domainWith(machine: Machine, vf: PciAddress): SimulatedDomain | undefined {
  return machine.domains.find(({ interfaces }) => interfaces.some((each) => each.vf?.pciAddress === vf));
}

/** A domain as libvirt lists it. */
export function domainReport({ name, vmId, placementId, attempt, state, interfaces }: SimulatedDomain): DomainReport {
  const vfs = interfaces.flatMap(({ vnicId, vf }) => (vf ? [{ pciAddress: vf.pciAddress, vnicId }] : []));
  return { name, vmId, placementId, attempt, state, vfs };
}

/** Opens a VF that is bound to vfio-pci for a domain; its MAC and VLAN are not libvirt's own then. */
export function openVf(domain: SimulatedDomain, vf: SimulatedVf): void {
  const process = { name: 'qemu-system-x86', pid: domain.pid, domain: domain.name };
  vf.hold = { kind: 'vfio', process, readable: true };
}

/** Lets a domain run that VFleet did not start. */
export function runForeign(machine: Machine, name: string, vfs: readonly SimulatedVf[]): void {
  const domain: SimulatedDomain = {
    name,
    vmId: null,
    placementId: null,
    attempt: null,
    pid: machine.newPid(),
    state: 'running',
    interfaces: vfs.map(({ address }) => ({
      vnicId: null,
      guestPciAddress: null,
      vf: { pciAddress: address, before: null },
    })),
  };
  machine.domains.push(domain);
  for (const vf of vfs) openVf(domain, vf);
}

/** Ends a domain, however it came to it: its process lets go of the VFs, libvirt gives them their earlier values. */
export function endDomain(machine: Machine, domain: SimulatedDomain): void {
  const index = machine.domains.indexOf(domain);
  if (index === -1) return;
  machine.domains.splice(index, 1);
  for (const each of domain.interfaces) releaseVf(machine, domain, each);
  machine.changed();
}

/** Takes the VF of an interface from its domain. It stays bound to vfio-pci: libvirt does not manage VFleet's VFs. */
export function releaseVf(machine: Machine, domain: SimulatedDomain, { vf }: SimulatedInterface): void {
  const found = vf && findVf(machine, vf.pciAddress);
  if (!found) return;
  const { hold, settings } = found.vf;
  if (hold?.kind === 'vfio' && hold.process?.pid === domain.pid) found.vf.hold = { ...hold, process: null };
  const subject = { pf: found.pf.address, vf: found.vf.index };
  if (!vf.before || machine.faults.concerning('libvirt-forgets', subject).length > 0) return;
  const { mac, vlanId } = vf.before;
  const isRefused = mac === ZERO_MAC && machine.traitsOf(found.pf).refuses.zeroMac !== undefined;
  settings.mac = isRefused ? ALTERNATIVE_TO_ZERO_MAC : mac;
  if (vlanId !== null) Object.assign(settings, { vlanId, vlanQos: 0, vlanProtocol: '802.1Q' });
}
