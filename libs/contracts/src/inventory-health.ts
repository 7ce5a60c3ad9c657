import { z } from 'zod';
import { command, event } from './define.ts';
import { Diagnosis, HealthState } from './vocabulary/health.ts';
import { EntityId, EntityRef, Named } from './vocabulary/ids.ts';
import { PciAddress } from './vocabulary/pci.ts';
import { VfsConfig } from './vocabulary/vfs-config.ts';

const OnVfsConfig = z.object({
  host: EntityRef,
  nic: EntityRef,
  vfsConfig: EntityRef.default('vfsConfig'),
});
const byHost = ({ host }: { host: string }) => host;

const NOT_FOUND = [
  'HOST_NOT_EXIST',
  'HOST_NETWORK_INTERFACE_NOT_EXIST',
  'VFS_CONFIG_NOT_EXIST',
  'ACTION_TYPE_FAILED_NIC_IS_NOT_SRIOV_ENABLED',
] as const;

/**
 * Makes the number of VFs that is in force exist again, after something else than VFleet changed it: a new generation,
 * under all the rules of an update.
 */
export const RepairVfsConfig = command('inventory.repair-vfs-config', {
  request: OnVfsConfig,
  reply: VfsConfig,
  refusals: [
    ...NOT_FOUND,
    'NO_DRIFT',
    'ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE',
    'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED',
    'ACTION_TYPE_FAILED_PF_MTU_NOT_IN_VALID_RANGE',
    'ACTION_TYPE_FAILED_PF_MTU_CANNOT_BE_CHANGED',
    'PF_STUCK',
    'PF_MISSING',
    'HOST_UNREACHABLE',
  ],
  keyOf: byHost,
});

/**
 * Wants what exists: a new generation that touches no VF, and is persisted and settled on the host. When the host holds
 * another number by then, it refuses.
 */
export const AdoptVfsConfig = command('inventory.adopt-vfs-config', {
  request: OnVfsConfig,
  reply: VfsConfig,
  refusals: [
    ...NOT_FOUND,
    'NO_DRIFT',
    'EXISTING_VFS_NOT_KNOWN',
    'EXISTING_VFS_CHANGED',
    'ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE',
    'ACTION_TYPE_FAILED_PF_MTU_NOT_IN_VALID_RANGE',
    'ACTION_TYPE_FAILED_PF_MTU_CANNOT_BE_CHANGED',
    'PF_STUCK',
    'PF_MISSING',
    'HOST_UNREACHABLE',
  ],
  keyOf: byHost,
});

/**
 * Takes the PCIe errors counted so far as dealt with: only later ones count against the health of the PF. Done alike
 * when they are already. Counters that begin anew, as at a boot, take the acknowledgement with them.
 */
export const AcknowledgePcieErrors = command('inventory.acknowledge-pcie-errors', {
  request: OnVfsConfig,
  reply: VfsConfig,
  refusals: NOT_FOUND,
  keyOf: byHost,
});

/** A PF has become unhealthy, or has ceased to be: its VFs are not given out, or are again. `vms` hold some of them. */
export const PfHealthChanged = event('inventory.pf-health-changed', {
  payload: z.object({
    hostId: EntityId,
    vfsConfigId: EntityId,
    nic: z.string(),
    pciAddress: PciAddress,
    state: HealthState,
    problems: z.array(Diagnosis),
    vms: z.array(Named),
  }),
  keyOf: ({ hostId }) => hostId,
  followers: ['gateway'],
});
