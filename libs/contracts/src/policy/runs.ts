import { z } from 'zod';
import { command, query } from '../define.ts';
import { SchedulingPolicy } from '../vocabulary/cluster.ts';
import { EntityId, EntityRef } from '../vocabulary/ids.ts';
import { PageRequest, pageOf } from '../vocabulary/page.ts';
import { VnicInterface } from '../vocabulary/vnic.ts';
import { PassThrough, VfProperties } from '../vocabulary/vnic-profile.ts';

const byVm = ({ vm }: { vm: string }) => vm;

/** A network as a vNIC needs it on a host; `version` is the one a claim carries, an older one than inventory's is stale. */
export const ResolvedNetwork = z.object({
  id: EntityId,
  version: z.int().positive(),
  name: z.string(),
  vlanId: z.int().nullable(),
  mtu: z.int(),
  label: z.string().nullable(),
  portIsolation: z.boolean(),
});
export type ResolvedNetwork = z.infer<typeof ResolvedNetwork>;

const TrafficLimits = z.object({
  inbound: z.object({ average: z.int(), peak: z.int(), burst: z.int() }).nullable(),
  outbound: z.object({ average: z.int(), peak: z.int(), burst: z.int() }).nullable(),
});

/**
 * A plugged vNIC with everything a scheduler and a host need of it. `needs`: `vf` only a VF will do, `vf-or-bridge`
 * a VF when one is free (`preferred`), `bridge` the network on the host, `nothing` without a profile. The network of a
 * `bridge`, of a fallback and of a `failover` must be attached on the host.
 */
export const ResolvedVnic = z.object({
  id: EntityId,
  name: z.string(),
  interface: VnicInterface,
  needs: z.enum(['vf', 'vf-or-bridge', 'bridge', 'nothing']),
  mac: z.string(),
  linked: z.boolean(),
  bootOrder: z.int().nullable(),
  customMtu: z.int().nullable(),
  macSpoofing: z.boolean(),
  pinnedVf: z.object({ hostId: z.string(), pciAddress: z.string() }).nullable(),
  guestPciAddress: z.string().nullable(),
  profile: z
    .object({
      id: EntityId,
      version: z.int().positive(),
      name: z.string(),
      passThrough: PassThrough,
      migratable: z.boolean(),
      portMirroring: z.boolean(),
      networkFilter: z.string().nullable(),
      qos: TrafficLimits.nullable(),
      vf: VfProperties,
    })
    .nullable(),
  network: ResolvedNetwork.nullable(),
  failover: z.object({ profileId: EntityId, network: ResolvedNetwork }).nullable(),
});
export type ResolvedVnic = z.infer<typeof ResolvedVnic>;

/** A VM as a run needs it; `policy` is its own or its cluster's, vNICs are in the order of their names. */
export const ResolvedVm = z.object({
  id: EntityId,
  version: z.int().positive(),
  name: z.string(),
  cluster: z.object({ id: EntityId, name: z.string(), compatibilityVersion: z.string() }),
  policy: SchedulingPolicy,
  numaNode: z.int().nullable(),
  domainXml: z.string().nullable(),
  placementId: EntityId.nullable(),
  vnics: z.array(ResolvedVnic),
});
export type ResolvedVm = z.infer<typeof ResolvedVm>;

/** Everything of a VM's plugged vNICs in one answer; with `vnic`, of that one whether it is plugged or not. */
export const ResolveVnics = query('policy.resolve-vnics', {
  request: z.object({ vm: EntityRef, vnic: EntityRef.optional() }),
  reply: ResolvedVm,
  refusals: ['VM_NOT_EXIST', 'VNIC_NOT_EXIST'],
  keyOf: byVm,
});

/**
 * Locks a VM for a placement and resolves its vNICs as they are at that moment. A VM that already runs for this
 * placement is answered alike; one that runs for another is refused.
 */
export const BeginRun = command('policy.begin-run', {
  request: z.object({ vm: EntityRef, placementId: EntityId }),
  reply: ResolvedVm,
  refusals: ['VM_NOT_EXIST', 'VM_IS_RUNNING'],
  keyOf: byVm,
});

/**
 * Ends the run of a VM for a placement; nothing is done when it is not there, or runs for none or for another. The VM is
 * told by its id alone: by a name, one that was renamed while it ran would be taken for one that is not there.
 */
export const EndRun = command('policy.end-run', {
  request: z.object({ vm: EntityId, placementId: EntityId }),
  reply: z.object({}),
  refusals: [],
  keyOf: byVm,
});

/**
 * Says whether a vNIC of a running VM is plugged, on behalf of the placement that runs it: set before it is plugged,
 * so that it cannot be edited meanwhile, and taken back after it was unplugged. Pins that contradict are refused. The
 * reply is the VM with the vNICs that are plugged now.
 */
export const SetPlugged = command('policy.set-plugged', {
  request: z.object({ vm: EntityId, vnic: EntityId, placementId: EntityId, plugged: z.boolean() }),
  reply: ResolvedVm,
  refusals: ['VM_NOT_EXIST', 'VNIC_NOT_EXIST', 'VM_IS_NOT_RUNNING', 'PINNED_VFS_CONTRADICT'],
  keyOf: byVm,
});

/**
 * VMs that are locked, each with the placement that runs it: a page in the order of ids. The scheduler ends the runs of
 * placements that are no more.
 */
export const ListRunning = query('policy.list-running', {
  request: PageRequest,
  reply: pageOf(z.object({ vmId: EntityId, placementId: EntityId })),
  refusals: [],
  keyOf: () => 'running',
});
