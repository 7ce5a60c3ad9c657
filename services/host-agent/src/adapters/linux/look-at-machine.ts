import type { NicReport } from '@vfleet/contracts/vocabulary/host-report';
import type { MacAddress } from '@vfleet/contracts/vocabulary/mac';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { Clock } from '@vfleet/process/clock';
import type { HostScan, PfState } from '../../host.ts';
import { inParallel } from '../../in-parallel.ts';
import { deviceListing } from './device-listing.ts';
import type { KernelFiles } from './kernel-files.ts';
import { type NetLink, netLink, netLinks } from './net-links.ts';
import { hasCarrier, nicReports, permanentMacOf } from './nic-reports.ts';
import { isNetworkPf, type PciDevice, pciDevice, pciDevices, presentDevices, type Sriov } from './pci-devices.ts';
import { readPciNames } from './pci-names.ts';
import { pfFacts, vfModalias } from './pf-facts.ts';
import { pfState } from './pf-states.ts';
import { rememberFor } from './remember-for.ts';
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
}: {
  files: KernelFiles;
  run: RunCommand;
  clock: Clock;
}): MachineLooks {
  const facts = pfFacts({ files, run, clock });
  const pciNames = rememberFor({ maxAgeMs: Number.POSITIVE_INFINITY, clock }, () => readPciNames(files));
  /** By netdev, as every full look saw them: a PF is looked at many times while its VFs come. */
  const permanentMacs = new Map<string, MacAddress | null>();

  async function scan(): Promise<HostScan> {
    // Links first: a kernel that holds rtnl ends the scan here, before an attribute of sysfs waits for it.
    const links = await netLinks(run);
    const devices = await pciDevices(files);
    const pciAddressOf = netdevAddresses(devices);
    permanentMacs.clear();
    for (const link of links) permanentMacs.set(link.ifname, permanentMacOf(link));
    const [holders, names, speedOf, system, iommu] = await Promise.all([
      holdersFor(devices),
      pciNames(''),
      speeds(links, pciAddressOf),
      systemNames(),
      iommuIsOn(),
    ]);
    const byAddress = new Map(devices.map((device) => [device.address, device]));
    const pfs = devices.filter(isNetworkPf);
    return {
      devices: deviceListing({ system, devices, links, pciAddressOf, names }),
      nics: nicReports(links, { pciAddressOf, speedOf }),
      pfs: await inParallel(pfs, (pf) => {
        const vfs = pf.sriov.vfs.flatMap(({ address }) => byAddress.get(address) ?? []);
        return stateOf(pf, vfs, holders);
      }),
      iommu,
      platform: {
        kernel: null,
        interruptRemapping: null,
        unsafeInterruptsAllowed: null,
        brokenChipset: null,
        hypervisor: null,
      },
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

  async function nicsOf(addresses: readonly PciAddress[]): Promise<NicReport[]> {
    if (addresses.length === 0) return [];
    const links = await netLinks(run);
    const pciAddressOf = netdevAddresses(await presentDevices(files, addresses));
    const nics = nicReports(links, { pciAddressOf, speedOf: await speeds(links, pciAddressOf) });
    return nics.filter(({ pciAddress }) => pciAddress !== null);
  }

  async function stateOf(pf: Pf, vfs: readonly PciDevice[], holders: VfioHolders): Promise<PfState> {
    const nic = pf.netdevs?.[0];
    const [mac, firmware, vfDriverAvailable] = await Promise.all([
      nic ? permanentMac(nic) : null,
      nic ? facts.firmware(nic) : null,
      hasVfDriver(pf),
    ]);
    return pfState({ pf, vfs, holders, mac, firmware, vfDriverAvailable });
  }

  async function permanentMac(nic: string): Promise<MacAddress | null> {
    const known = permanentMacs.get(nic);
    if (known !== undefined) return known;
    const link = await netLink(run, nic);
    const mac = link ? permanentMacOf(link) : null;
    permanentMacs.set(nic, mac);
    return mac;
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

  /** Mbit/s of netdevs with carrier; others have none, and virtual ones invent theirs. */
  async function speeds(links: readonly NetLink[], pciAddressOf: ReadonlyMap<string, PciAddress>) {
    const running = links.filter((link) => hasCarrier(link) && pciAddressOf.has(link.ifname));
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

function netdevAddresses(devices: readonly PciDevice[]): Map<string, PciAddress> {
  return new Map(devices.flatMap(({ address, netdevs }) => (netdevs ?? []).map((name) => [name, address] as const)));
}
