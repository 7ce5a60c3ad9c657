import type { NicReport } from '@vfleet/contracts/vocabulary/host-report';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { Clock } from '@vfleet/process/clock';
import type { HostScan, PfState } from '../../host.ts';
import { inParallel } from '../../in-parallel.ts';
import { deviceListing } from './device-listing.ts';
import type { KernelFiles } from './kernel-files.ts';
import { type NetLink, netLinks } from './net-links.ts';
import { hasCarrier, nicReports } from './nic-reports.ts';
import type { OwnNetdevs } from './own-netdevs.ts';
import { isNetworkPf, type PciDevice, pciDevice, pciDevices, presentDevices, type Sriov } from './pci-devices.ts';
import { readPciNames } from './pci-names.ts';
import { pfFacts, vfModalias } from './pf-facts.ts';
import { pfHealth } from './pf-health.ts';
import { pfState } from './pf-states.ts';
import { platformFacts } from './platform.ts';
import { rememberFor } from './remember-for.ts';
import { representedVf } from './representors.ts';
import type { RunCommand } from './run-command.ts';
import { isOnVfio, type VfioHolders, vfioHolders } from './vfio-holders.ts';

type Pf = PciDevice & { sriov: Sriov };

export type MachineLooks = {
  scan(): Promise<HostScan>;
  lookAtPf(address: PciAddress): Promise<PfState | undefined>;
  nicsOf(addresses: readonly PciAddress[]): Promise<NicReport[]>;
};

/** The looks at a machine that a host promises. None reads `sriov_numvfs`; all are linear in what there is. */
export function lookAtMachine({
  files,
  run,
  clock,
  own,
  hypervisor,
}: {
  files: KernelFiles;
  run: RunCommand;
  clock: Clock;
  own: OwnNetdevs;
  hypervisor: () => Promise<string | null>;
}): MachineLooks {
  const facts = pfFacts({ files, run, clock });
  const platform = platformFacts({ files, hypervisor, clock });
  const pciNames = rememberFor({ maxAgeMs: Number.POSITIVE_INFINITY, clock }, () => readPciNames(files));

  async function scan(): Promise<HostScan> {
    // Links first: a kernel that holds rtnl ends the scan here, before an attribute of sysfs waits for it.
    const early = await netLinks(run);
    const devices = await pciDevices(files);
    // A netdev that came, or that udev renamed, between the two looks is in sysfs alone (F18).
    const links = knowsAll(early, devices) ? early : await netLinks(run);
    own.learn(links);
    const byAddress = new Map(devices.map((device) => [device.address, device]));
    const found = { holderOf: holdersOfNetdevs(devices), devices: byAddress };
    const [holders, names, speedOf, system, iommu] = await Promise.all([
      holdersFor(devices),
      pciNames(''),
      speeds(links, found.holderOf),
      systemNames(),
      iommuIsOn(),
    ]);
    const nics = nicReports(links, {
      pciAddressOf: addresses(found.holderOf),
      speedOf,
      representedVf: (link) => representedVf(link, found),
    });
    return {
      devices: deviceListing({ system, devices, links, pciAddressOf: ownAddresses(nics), names }),
      nics,
      pfs: await inParallel(devices.filter(isNetworkPf), (pf) => {
        const vfs = pf.sriov.vfs.flatMap(({ address }) => byAddress.get(address) ?? []);
        return stateOf(pf, vfs, holders);
      }),
      iommu,
      platform: await platform({ devices, names }),
    };
  }

  async function lookAtPf(address: PciAddress): Promise<PfState | undefined> {
    const pf = pciDevice(files, address);
    if (!pf || !isNetworkPf(pf)) return undefined;
    const vfs = await presentDevices(
      files,
      pf.sriov.vfs.map((vf) => vf.address),
    );
    return stateOf(pf, vfs, await holdersFor(vfs));
  }

  async function nicsOf(wanted: readonly PciAddress[]): Promise<NicReport[]> {
    if (wanted.length === 0) return [];
    const links = await netLinks(run);
    const holderOf = holdersOfNetdevs(await presentDevices(files, wanted));
    const speedOf = await speeds(links, holderOf);
    const nics = nicReports(links, { pciAddressOf: addresses(holderOf), speedOf, representedVf: () => null });
    return nics.filter(({ pciAddress }) => pciAddress !== null);
  }

  async function stateOf(pf: Pf, vfs: readonly PciDevice[], holders: VfioHolders): Promise<PfState> {
    const nic = await own.nicOf(pf);
    const [firmware, vfDriverAvailable] = await Promise.all([nic && facts.firmware(nic), hasVfDriver(pf)]);
    const health = pfHealth(files, { address: pf.address, nic: nic?.name ?? null });
    return pfState({ pf, vfs, holders, nic, health, firmware, vfDriverAvailable });
  }

  async function hasVfDriver({ address, sriov }: Pf): Promise<boolean> {
    const modalias = await files.text(`sys/bus/pci/devices/${address}/modalias`);
    if (!modalias || !sriov.vfDeviceId) return true;
    return facts.driverAvailable(vfModalias(modalias, sriov.vfDeviceId));
  }

  /** The open files of all processes are looked through only where a device is on vfio. */
  async function holdersFor(devices: readonly PciDevice[]): Promise<VfioHolders> {
    return devices.some(isOnVfio) ? vfioHolders(files) : { byFile: new Map(), unseen: null };
  }

  /**
   * Mbit/s of netdevs with carrier that are no VFs': one without has none, and the driver of a VF asks its PF, each time
   * under rtnl.
   */
  async function speeds(links: readonly NetLink[], holderOf: ReadonlyMap<string, PciDevice>) {
    const running = links.filter((link) => hasCarrier(link) && holderOf.get(link.ifname)?.physfn === null);
    const read = await inParallel(running, async ({ ifname }) => {
      const speed = Number(await files.text(`sys/class/net/${ifname}/speed`));
      return speed > 0 ? [[ifname, speed] as const] : [];
    });
    return new Map(read.flat());
  }

  async function systemNames() {
    const [vendor, product] = await Promise.all([
      files.text('sys/class/dmi/id/sys_vendor'),
      files.text('sys/class/dmi/id/product_name'),
    ]);
    return { vendor: vendor?.trim() || null, product: product?.trim() || null };
  }

  async function iommuIsOn(): Promise<boolean | null> {
    const groups = await files.names('sys/kernel/iommu_groups');
    return groups ? groups.length > 0 : null;
  }

  return { scan, lookAtPf, nicsOf };
}

function knowsAll(links: readonly NetLink[], devices: readonly PciDevice[]): boolean {
  const known = new Set(links.map(({ ifname }) => ifname));
  return devices.every(({ netdevs }) => (netdevs ?? []).every((name) => known.has(name)));
}

/** The device in whose folder each netdev lies: its hardware, or that of the switch whose port a representor is. */
function holdersOfNetdevs(devices: readonly PciDevice[]): Map<string, PciDevice> {
  return new Map(devices.flatMap((device) => (device.netdevs ?? []).map((name) => [name, device] as const)));
}

function addresses(holderOf: ReadonlyMap<string, PciDevice>): Map<string, PciAddress> {
  return new Map([...holderOf].map(([name, { address }]) => [name, address]));
}

/** Those whose PCI device is their own hardware: a representor hangs on none, as a bridge. */
function ownAddresses(nics: readonly NicReport[]): Map<string, PciAddress> {
  return new Map(nics.flatMap(({ name, pciAddress }) => (pciAddress ? [[name, pciAddress] as const] : [])));
}
