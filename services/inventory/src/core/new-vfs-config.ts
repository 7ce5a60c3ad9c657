import { nothingWanted } from '@vfleet/contracts/desired-state';
import { NO_PCIE_ERRORS } from '@vfleet/contracts/vocabulary/health';
import { deviceNameOf, type PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { LedgerVfsConfig } from './ledger.ts';

/** The VfsConfig of a PF seen for the first time: unmanaged, with all networks allowed. */
export function newVfsConfig(id: string, pciAddress: PciAddress): LedgerVfsConfig {
  return {
    ...{ id, pciAddress, nicName: deviceNameOf(pciAddress), identity: null, maximum: 0, driver: null, numaNode: null },
    expectNetdevs: true,
    allNetworksAllowed: true,
    networkIds: [],
    labels: [],
    desired: nothingWanted(),
    appliedNumOfVfs: null,
    appliedMtu: null,
    revision: 1,
    vfs: [],
    ...{ missingSince: null, driftSince: null, stuck: null, warning: null, unsupported: [], progress: null },
    ...{ persisted: null, changingOnHost: false, unhealthySince: null },
    health: { carrier: null, pcieErrors: null, acknowledged: NO_PCIE_ERRORS },
  };
}
