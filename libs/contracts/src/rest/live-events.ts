import { z } from 'zod';
import type { Event } from '../define.ts';
import { Actor } from '../envelope.ts';
import { MessageRefused } from '../host-agent.ts';
import { HostChanged } from '../inventory.ts';
import { HostLost } from '../inventory-claims.ts';
import { PfHealthChanged } from '../inventory-health.ts';
import { ClusterChanged } from '../policy/clusters.ts';
import { NetworkChanged } from '../policy/networks.ts';
import { QosChanged } from '../policy/qos.ts';
import { VmChanged } from '../policy/vms.ts';
import { VnicProfileChanged } from '../policy/vnic-profiles.ts';
import { PlacementChanged } from '../scheduler/runs.ts';
import { Diagnosis, HealthState } from '../vocabulary/health.ts';
import { Named } from '../vocabulary/ids.ts';

/** A contract's event as callers see it: `data` is its payload in the API's spelling. */
export type LiveEventRow = { contract: Event; data: z.ZodType; toData: (payload: unknown) => unknown };

/** Says that events may have been missed: whoever shows something reads it again. */
export const RESYNC = 'gateway.resync';

/** One event of `GET /api/events`. `version` is the entity's: the highest one is the newest. */
export const LiveEvent = z.object({
  id: z.string(),
  event: z.string(),
  at: z.iso.datetime(),
  version: z.int().positive().nullable(),
  correlation_id: z.string(),
  actor: Actor,
  data: z.unknown(),
});
export type LiveEvent = z.infer<typeof LiveEvent>;

/** The events that callers can follow; each is one its contract names the gateway a follower of. */
export const LIVE_EVENTS: readonly LiveEventRow[] = [
  liveEvent(HostChanged, {
    data: z.object({ host_id: z.string(), change: z.string(), nics: z.array(z.string()) }),
    toData: ({ hostId, change, nics }) => ({ host_id: hostId, change, nics }),
  }),
  liveEvent(ClusterChanged, {
    data: z.object({ cluster_id: z.string(), change: z.string() }),
    toData: ({ clusterId, change }) => ({ cluster_id: clusterId, change }),
  }),
  liveEvent(NetworkChanged, {
    data: z.object({ network_id: z.string(), change: z.string() }),
    toData: ({ networkId, change }) => ({ network_id: networkId, change }),
  }),
  liveEvent(QosChanged, {
    data: z.object({ qos_id: z.string(), change: z.string() }),
    toData: ({ qosId, change }) => ({ qos_id: qosId, change }),
  }),
  liveEvent(VnicProfileChanged, {
    data: z.object({ vnic_profile_id: z.string(), change: z.string() }),
    toData: ({ vnicProfileId, change }) => ({ vnic_profile_id: vnicProfileId, change }),
  }),
  liveEvent(VmChanged, {
    data: z.object({ vm_id: z.string(), change: z.string() }),
    toData: ({ vmId, change }) => ({ vm_id: vmId, change }),
  }),
  liveEvent(PlacementChanged, {
    data: z.object({ vm_id: z.string(), operation_id: z.string().nullable() }),
    toData: ({ vmId, operationId }) => ({ vm_id: vmId, operation_id: operationId }),
  }),
  liveEvent(HostLost, {
    data: z.object({ host_id: z.string() }),
    toData: ({ hostId }) => ({ host_id: hostId }),
  }),
  liveEvent(PfHealthChanged, {
    data: z.object({
      host_id: z.string(),
      nic: z.string(),
      pci_address: z.string(),
      vfs_config: z.string(),
      state: HealthState,
      problems: z.array(Diagnosis),
      vms: z.array(Named),
    }),
    toData: ({ hostId, pciAddress, vfsConfigId, ...told }) => ({
      ...told,
      host_id: hostId,
      pci_address: pciAddress,
      vfs_config: vfsConfigId,
    }),
  }),
  liveEvent(MessageRefused, {
    data: z.object({ host_id: z.string(), message: z.string(), problem: z.string() }),
    toData: ({ hostId, message, problem }) => ({ host_id: hostId, message, problem }),
  }),
];

function liveEvent<Payload, Data extends z.ZodType>(
  contract: Event<Payload>,
  { data, toData }: { data: Data; toData: (payload: Payload) => z.output<Data> },
): LiveEventRow {
  return { contract: contract as Event, data, toData: toData as LiveEventRow['toData'] };
}
