import type { HostDevListByCaps } from '@vfleet/contracts/vocabulary/host-device';
import type { NicReport } from '@vfleet/contracts/vocabulary/host-report';
import { deviceNameOf, type PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { Machine, SimulatedPf } from './machine.ts';
import { boundDriver, linkedVfs, presentFunctions, totalVfs, vfDriver } from './pf-view.ts';
import { partsOf } from './vf-address.ts';

type Params = HostDevListByCaps[string]['params'];
type Entry = [string, { params: Params }];

/** The listing as hostdevListByCaps gives it: the computer, bridges, PFs, VFs, and the net children of `nics`. */
export function deviceListing(machine: Machine, nics: readonly NicReport[]): HostDevListByCaps {
  const { scenario } = machine;
  const pfs = presentFunctions(machine);
  const bridges = [...new Set(scenario.cards.map(({ bridge }) => bridge))];
  return Object.fromEntries([
    entry('computer', { capability: 'system', product: scenario.product }),
    ...bridges.map((address) => pci(address, BRIDGE)),
    ...scenario.plainNics.map(({ address, driver, vendor, product }) =>
      pci(address, { parent: 'computer', driver, ...ids(vendor, product), numa_node: '0' }),
    ),
    ...pfs.flatMap((pf) => [pfEntry(machine, pf), ...otherChildren(pf), ...vfEntries(machine, pf)]),
    ...nics.map(netEntry),
  ]);
}

const BRIDGE: Params = {
  parent: 'computer',
  driver: 'pcieport',
  vendor: 'Intel Corporation',
  vendor_id: '0x8086',
  product: 'PCI Express Root Port',
  product_id: '0x2030',
  is_assignable: 'false',
};

function pfEntry(machine: Machine, pf: SimulatedPf): Entry {
  const { card } = pf;
  const driver = boundDriver(machine, pf);
  const total = totalVfs(machine, pf);
  return pci(pf.address, {
    parent: deviceNameOf(card.bridge),
    ...(driver === null ? {} : { driver }),
    ...ids(card.vendor, card.product),
    ...group(pf.iommuGroup),
    numa_node: String(card.numaNode),
    ...(total === null ? {} : { totalvfs: total }),
  });
}

/** A function may have children that are no netdevs, listed before them (F45). */
function otherChildren({ address, port }: SimulatedPf): Entry[] {
  return port.otherChildren.map((capability, index) =>
    entry(`${capability}${index}_${deviceNameOf(address)}`, { capability, parent: deviceNameOf(address) }),
  );
}

function vfEntries(machine: Machine, pf: SimulatedPf): Entry[] {
  const { card } = pf;
  return linkedVfs(machine, pf).map((vf) => {
    const driver = vfDriver(machine, pf, vf);
    return pci(vf.address, {
      parent: deviceNameOf(card.bridge),
      ...(driver === null ? {} : { driver }),
      ...ids(card.vendor, card.vfProduct),
      ...group(vf.iommuGroup),
      numa_node: String(card.numaNode),
      physfn: deviceNameOf(pf.address),
    });
  });
}

/** libvirt's name of a net device carries its MAC; its parent is its PCI device, or the computer for a virtual one. */
function netEntry(nic: NicReport): Entry {
  const mac = (nic.mac ?? '00:00:00:00:00:00').replaceAll(':', '_');
  return entry(`net_${nic.name}_${mac}`, {
    capability: 'net',
    parent: nic.pciAddress === null ? 'computer' : deviceNameOf(nic.pciAddress),
    interface: nic.name,
  });
}

function pci(address: PciAddress, params: Params): Entry {
  const { domain, bus, slot, fn } = partsOf(address);
  return entry(deviceNameOf(address), {
    capability: 'pci',
    is_assignable: 'true',
    address: { domain: String(domain), bus: String(bus), slot: String(slot), function: String(fn) },
    ...params,
  });
}

function ids(vendor: { id: string; name: string }, product: { id: string; name: string }): Params {
  return { vendor: vendor.name, vendor_id: vendor.id, product: product.name, product_id: product.id };
}

function group(iommuGroup: number | null): Params {
  return iommuGroup === null ? {} : { iommu_group: String(iommuGroup) };
}

function entry(name: string, params: Params): Entry {
  return [name, { params }];
}
