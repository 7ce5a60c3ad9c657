import type { PcieErrors, VfReport } from '@vfleet/contracts/vocabulary/host-report';
import type { PfState } from '../../host.ts';
import { hidesNetdev, vfioHolder } from './holds.ts';
import type { Machine, SimulatedPf, SimulatedVf } from './machine.ts';

/** The network functions that are in their slots, also those with SR-IOV switched off. */
export function presentFunctions(machine: Machine): SimulatedPf[] {
  const missing = new Set(machine.faults.of('pf-missing').map(({ pf }) => pf));
  return [...machine.pfs.values()].filter(({ isPresent, address }) => isPresent && !missing.has(address));
}

/** The PFs that are in their slots: the functions that have `sriov_totalvfs`. */
export function presentPfs(machine: Machine): SimulatedPf[] {
  return presentFunctions(machine).filter((pf) => totalVfs(machine, pf) !== null);
}

/** What `sriov_totalvfs` of a function reads; null where it has no such file. */
export function totalVfs({ faults }: Machine, { address, card }: SimulatedPf): number | null {
  if (faults.of('sriov-off', address).length > 0) return null;
  return Math.min(card.totalVfs, ...faults.of('total-vfs', address).map(({ total }) => total));
}

/** The driver that sysfs shows; `driverOf` is the network driver alone. */
export function boundDriver(machine: Machine, pf: SimulatedPf): string | null {
  return machine.faults.of('pf-given-away', pf.address).length > 0 ? 'vfio-pci' : machine.driverOf(pf);
}

/** The VFs whose `virtfn` link is there now. */
export function linkedVfs(machine: Machine, pf: SimulatedPf): SimulatedVf[] {
  return pf.vfs.filter(({ linkAt }) => linkAt <= machine.clock.now());
}

/** Whether a VF's netdev is in the root namespace now. */
export function showsNetdev(machine: Machine, vf: SimulatedVf): boolean {
  return vf.netdevAt !== null && vf.netdevAt <= machine.clock.now() && !hidesNetdev(vf.hold);
}

/** A PF as `lookAtPf` and a scan see it. */
export function pfView(machine: Machine, pf: SimulatedPf): PfState {
  const driver = machine.driverOf(pf);
  const vfs = linkedVfs(machine, pf);
  return {
    pciAddress: pf.address,
    nic: driver === null ? null : pf.port.nic,
    totalVfs: totalVfs(machine, pf) ?? 0,
    existing: vfs.length,
    driver: boundDriver(machine, pf),
    firmware: driver === null ? null : pf.card.firmware,
    identity: {
      vendorId: pf.card.vendor.id,
      deviceId: pf.card.product.id,
      mac: driver === null ? null : pf.port.mac,
    },
    health: {
      carrier: driver === null ? null : pf.isUp && pf.port.carrier,
      pcieErrors: pcieErrors(machine, pf),
    },
    autoprobe: pf.card.autoprobe,
    vfDriverAvailable: pf.card.vfDriverAvailable,
    vfs: vfs.map((vf) => vfView(machine, pf, vf)),
  };
}

function pcieErrors({ faults }: Machine, { address }: SimulatedPf): PcieErrors {
  const none = { correctable: 0, nonFatal: 0, fatal: 0 };
  return faults.of('pcie-errors', address).reduce(
    (sum, { correctable, nonFatal, fatal }) => ({
      correctable: sum.correctable + correctable,
      nonFatal: sum.nonFatal + nonFatal,
      fatal: sum.fatal + fatal,
    }),
    none,
  );
}

function vfView(machine: Machine, pf: SimulatedPf, vf: SimulatedVf): VfReport {
  return {
    pciAddress: vf.address,
    pfAddress: pf.address,
    index: vf.index,
    driver: vfDriver(machine, pf, vf),
    vfio: vfioView(vf),
    netns: vf.hold?.kind === 'netns' ? 'moved' : showsNetdev(machine, vf) ? 'here' : 'none',
  };
}

/** The driver of a VF now. A VF whose netdev never comes has its driver all the same, as an XXV710's has. */
export function vfDriver(machine: Machine, pf: SimulatedPf, vf: SimulatedVf): string | null {
  if (vf.hold?.kind === 'vfio') return 'vfio-pci';
  if (!pf.card.autoprobe || !pf.card.vfDriverAvailable) return null;
  const boundAt = vf.reboundAt ?? vf.netdevAt ?? vf.linkAt + machine.scaled(machine.timesOf(pf).netdev);
  return boundAt <= machine.clock.now() ? pf.card.vfDriver : null;
}

function vfioView({ hold }: SimulatedVf): VfReport['vfio'] {
  if (hold?.kind !== 'vfio') return null;
  if (!hold.readable) return { open: 'unreadable', holder: null };
  return { open: hold.process ? 'yes' : 'no', holder: vfioHolder(hold) };
}
