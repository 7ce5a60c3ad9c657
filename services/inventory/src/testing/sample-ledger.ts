import { nothingWanted } from '@vfleet/contracts/desired-state';
import { NO_PCIE_ERRORS } from '@vfleet/contracts/vocabulary/health';
import { deviceNameOf } from '@vfleet/contracts/vocabulary/pci';
import { type Ledger, type LedgerNic, type LedgerVf, type LedgerVfsConfig, newLedger } from '../core/ledger.ts';

/** The PF of the sample: an igb port as in test/fixtures/real-sriov. For tests. */
export const PF = '0000:41:00.0';

/** A netdev that is a member of nothing and has nothing on it. */
const PLAIN = { kind: 'physical' as const, maxMtu: null, altNames: [], master: null, uppers: [], addresses: [] };

/** The address of a VF of the sample PF by its index: as igb gives them, every other function. */
export function vfAt(index: number): string {
  return `0000:41:${(16 + Math.floor(index / 4)).toString(16)}.${(index % 4) * 2}`;
}

export function sampleVf(index: number, change: Partial<LedgerVf> = {}): LedgerVf {
  const pciAddress = vfAt(index);
  const nic = {
    name: `ens11v${index}`,
    mac: `52:54:00:00:00:${index.toString(16).padStart(2, '0')}`,
    mtu: 1500,
    speed: null,
    carrier: true,
    ...PLAIN,
  };
  return {
    ...{ pciAddress, deviceName: deviceNameOf(pciAddress), index, driver: 'igbvf', iommuGroup: `${12 + index}`, nic },
    inUse: false,
    reasons: [],
    ...change,
  };
}

export function sampleConfig(change: Partial<LedgerVfsConfig> = {}): LedgerVfsConfig {
  return {
    id: 'h1-1',
    pciAddress: PF,
    nicName: 'ens11',
    identity: { vendorId: '0x8086', deviceId: '0x10c9', mac: '52:54:00:aa:00:01' },
    maximum: 7,
    driver: 'igb',
    expectNetdevs: true,
    numaNode: 0,
    allNetworksAllowed: true,
    networkIds: [],
    labels: [],
    desired: nothingWanted(),
    appliedNumOfVfs: null,
    appliedMtu: null,
    revision: 1,
    vfs: [],
    missingSince: null,
    driftSince: null,
    stuck: null,
    warning: null,
    unsupported: [],
    progress: null,
    persisted: null,
    changingOnHost: false,
    health: { carrier: true, pcieErrors: null, acknowledged: NO_PCIE_ERRORS },
    unhealthySince: null,
    ...change,
  };
}

function sampleNic(change: Partial<LedgerNic> = {}): LedgerNic {
  return {
    id: deviceNameOf(PF),
    name: 'ens11',
    mac: '52:54:00:aa:00:01',
    mtu: 1500,
    speed: 1000,
    carrier: true,
    bond: null,
    bridge: null,
    vlans: [],
    pciAddress: PF,
    driver: 'igb',
    numaNode: 0,
    ...PLAIN,
    maxMtu: 9216,
    representorOf: null,
    vfsConfigId: 'h1-1',
    labels: [],
    networkIds: [],
    ...change,
  };
}

/** A host with one igb PF, one nic without SR-IOV and a bond. */
export function sampleLedger(config: Partial<LedgerVfsConfig> = {}): Ledger {
  return {
    ...newLedger({ id: 'h1', name: 'alpha', clusterId: 'default', now: '2026-01-01T00:00:00.000Z' }),
    vfsConfigs: [sampleConfig(config)],
    vfsConfigCounter: 1,
    nics: [
      sampleNic(),
      sampleNic({
        id: 'pci_0000_00_1f_6',
        name: 'eno1',
        pciAddress: '0000:00:1f.6',
        driver: 'e1000e',
        vfsConfigId: null,
      }),
      sampleNic({ id: 'net_bond0', name: 'bond0', pciAddress: null, driver: null, kind: 'bond', vfsConfigId: null }),
    ],
  };
}

/** The sample with its PF as a slave of the bond, a VLAN device on the other nic, and lists of nics by their names. */
export function ledgerWithNics(lists: Record<string, Partial<LedgerNic>> = {}): Ledger {
  const ledger = sampleLedger({ allNetworksAllowed: false, vfs: [sampleVf(0)] });
  const slave = sampleNic({ bond: 'bond0' });
  const vlan = { pciAddress: null, driver: null, kind: 'vlan' as const, vfsConfigId: null };
  const nics = [slave, ...ledger.nics.slice(1), sampleNic({ id: 'net_eno1.100', name: 'eno1.100', ...vlan })];
  return { ...ledger, nics: nics.map((nic) => ({ ...nic, ...lists[nic.name] })) };
}

/** The ledger with its second VF claimed for nic1 of vm-1. */
export function claimed(ledger: Ledger): Ledger {
  const claim = { id: 'c1', fence: 1, vfsConfigId: 'h1-1', pciAddress: '0000:41:10.2', placementId: 'p1' };
  const held = {
    vm: { id: 'v1', name: 'vm-1' },
    vnic: { id: 'n1', name: 'nic1' },
    state: 'attached' as const,
    network: { id: 'red', version: 1 },
  };
  return { ...ledger, claims: [{ ...claim, ...held, since: '2026-01-01', deadline: null, dirty: null }] };
}
