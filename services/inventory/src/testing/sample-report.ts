import type { NicReport, PfReport, VfReport } from '@vfleet/contracts/vocabulary/host-report';
import { deviceNameOf } from '@vfleet/contracts/vocabulary/pci';
import type { HostReport } from '../core/decide-report.ts';
import { PF, vfAt } from './sample-ledger.ts';

const ADDRESS = { domain: '0', bus: '65', slot: '0', function: '0' };

/** A netdev as a host reports it. */
export function nic(name: string, pciAddress: string, change: Partial<NicReport> = {}): NicReport {
  const plain = {
    mtu: 1500,
    speed: 1000,
    carrier: true,
    kind: 'physical' as const,
    representorOf: null,
    maxMtu: null,
    altNames: [],
    master: null,
    uppers: [],
    addresses: [],
  };
  return { name, mac: '52:54:00:aa:00:01', pciAddress, ...plain, vlanId: null, ...change };
}

/** A listing of the host with one igb PF and `vfs` VFs. */
export function listing(vfs: number) {
  const pf = {
    params: {
      capability: 'pci',
      parent: 'computer',
      driver: 'igb',
      address: ADDRESS,
      iommu_group: '10',
      numa_node: '0',
      totalvfs: 7,
    },
  };
  const devices: HostReport['devices'] = { computer: { params: { capability: 'system' } }, pci_0000_41_00_0: pf };
  devices.net_ens11_52_54_00_aa_00_01 = {
    params: { capability: 'net', parent: 'pci_0000_41_00_0', interface: 'ens11' },
  };
  for (let n = 0; n < vfs; n++) {
    const address = { ...ADDRESS, slot: String(16 + Math.floor(n / 4)), function: String((n % 4) * 2) };
    const params = {
      capability: 'pci',
      parent: 'computer',
      driver: 'igbvf',
      address,
      iommu_group: `${20 + n}`,
      physfn: 'pci_0000_41_00_0',
    };
    devices[deviceNameOf(vfAt(n))] = { params };
  }
  return devices;
}

/** A report of that host; `change` replaces what differs. */
export function report(vfs: number, change: Partial<HostReport> = {}): HostReport {
  const vfReports = Array.from({ length: vfs }, (_, n): VfReport => {
    return { pciAddress: vfAt(n), pfAddress: PF, index: n, driver: 'igbvf', vfio: null, netns: 'here' };
  });
  return {
    ...{
      hostId: 'h1',
      boot: 1,
      sequence: 1,
      digest: `d${vfs}`,
      takenAt: '2026-01-01T00:00:10.000Z',
      agentVersion: '0.1.0',
      iommu: true,
      platform: null,
      scanError: null,
    },
    devices: listing(vfs),
    nics: [nic('ens11', PF), ...vfReports.map(({ pciAddress }, n) => nic(`ens11v${n}`, pciAddress))],
    vfs: vfReports,
    pfs: [pfReport()],
    ...change,
  };
}

/** What the agent says of the PF. */
export function pfReport(settlement: PfReport['settlement'] = null): PfReport {
  const identity = { vendorId: '0x8086', deviceId: '0x10c9', mac: '52:54:00:aa:00:01' };
  return {
    pciAddress: PF,
    driver: 'igb',
    firmware: null,
    identity,
    health: { carrier: true, pcieErrors: null },
    autoprobe: true,
    vfDriverAvailable: true,
    persisted: null,
    persistedMtu: null,
    settlement,
    changing: null,
    stuck: null,
    warning: null,
    unsupported: [],
  };
}
