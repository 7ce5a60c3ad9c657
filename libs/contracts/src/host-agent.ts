import { z } from 'zod';
import { event, hostMessage } from './define.ts';
import { ReceivedListing } from './vocabulary/host-device.ts';
import { NicReport, PfReport, Platform, VfReport } from './vocabulary/host-report.ts';
import { EntityId } from './vocabulary/ids.ts';
import { PciAddress } from './vocabulary/pci.ts';

/** `boot` rises with every start of the agent, `sequence` with every report of one boot: consumers keep the highest pair. */
const Origin = { hostId: EntityId, boot: z.int().positive(), sequence: z.int().nonnegative() };

/**
 * Everything a host shows, and how its agent settled what was wanted. `devices` is null when the scan failed
 * (`scanError` says why): settlements must reach the ledger even then. `digest` covers all but origin and time.
 */
export const HostDevicesReported = event('host-agent.host-devices-reported', {
  payload: z.object({
    ...Origin,
    digest: z.string(),
    takenAt: z.iso.datetime(),
    agentVersion: z.string(),
    iommu: z.boolean().nullable(),
    platform: Platform.nullable().default(null),
    devices: ReceivedListing.nullable(),
    scanError: z.string().nullable(),
    nics: z.array(NicReport),
    vfs: z.array(VfReport),
    pfs: z.array(PfReport),
  }),
  keyOf: ({ hostId }) => hostId,
  consumers: ['inventory'],
});

/**
 * Sent on connect and every few seconds. The digest is of the newest state: inventory asks for a report when it differs.
 * `fenceFloor` is the one the agent learnt since it connected, null before: it prepares no VF until it has been told.
 */
export const Heartbeat = event('host-agent.heartbeat', {
  payload: z.object({
    ...Origin,
    digest: z.string(),
    agentVersion: z.string(),
    everyMs: z.int().positive(),
    fenceFloor: z.int().nonnegative().nullable().default(null),
    /** Names this contact of the agent with the broker: the floor told in answer repeats it. */
    contact: z.string().max(64).nullable().default(null),
  }),
  keyOf: ({ hostId }) => hostId,
  followers: ['inventory'],
  transient: true,
});

/** How far a change has come; said of changes that take more than a second, at most once a second. */
export const ChangeProgressed = event('host-agent.change-progressed', {
  payload: z.object({
    ...Origin,
    pciAddress: PciAddress,
    generation: z.int().positive(),
    step: z.string(),
    done: z.int().nonnegative(),
    total: z.int().nonnegative(),
  }),
  keyOf: ({ hostId }) => hostId,
  consumers: ['inventory'],
});

/** A message to this host that its agent could not read: a sign of different versions. */
export const MessageRefused = event('host-agent.message-refused', {
  payload: z.object({ hostId: EntityId, message: z.string(), problem: z.string() }),
  keyOf: ({ hostId }) => hostId,
  followers: ['gateway'],
});

/** Asks nothing: it is returned by the broker when no agent of the host is there. */
export const Probe = hostMessage('probe', { payload: z.object({}) });

/** Asks for a full report, whatever was reported before. */
export const ReportRequested = hostMessage('report-requested', { payload: z.object({}) });

/**
 * The wanted number of VFs of one PF, and the MTU wanted for the PF itself (null: left alone). Settled once per
 * generation; sent again until it is. With `onlyIfExisting` it is refused, and nothing done, unless that many VFs exist.
 */
export const VfsWanted = hostMessage('vfs-wanted', {
  payload: z.object({
    vfsConfigId: EntityId,
    pciAddress: PciAddress,
    generation: z.int().positive(),
    numOfVfs: z.int().nonnegative(),
    mtu: z.int().positive().nullable().default(null),
    onlyIfExisting: z.int().nonnegative().nullable().default(null),
  }),
});
