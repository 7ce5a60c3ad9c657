import { Actor } from '@vfleet/contracts/envelope';
import { ResolvedVm } from '@vfleet/contracts/policy/runs';
import { ClaimRef } from '@vfleet/contracts/vocabulary/claim';
import { EntityId, Named } from '@vfleet/contracts/vocabulary/ids';
import { OperationKind } from '@vfleet/contracts/vocabulary/operation';
import { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { Refusal } from '@vfleet/contracts/vocabulary/problem';
import { z } from 'zod';

const Instant = z.string();

/**
 * Where a placement stands. What each state does and where each outcome leads is the table of placement-table.ts.
 * `down`: no run. The others hold the VM locked (policy names the placement).
 */
export const PlacementState = z.enum([
  'down',
  'starting',
  'quitting-host',
  'running',
  'plugging',
  'taking-back-plug',
  'unplugging',
  'releasing-unplugged',
  'claiming-destination',
  'detaching-source',
  'moving',
  'attaching-destination',
  'replugging-source',
  'leaving-destination',
  'stopping',
  'releasing',
]);
export type PlacementState = z.infer<typeof PlacementState>;

/** A vNIC of a placement on a host: the claim and VF it has or is to have there, or the bridge of its network. */
export const PlacedVnic = z.object({
  vnic: Named,
  vf: z
    .object({
      claimId: EntityId,
      pciAddress: PciAddress,
      pf: Named,
      /** Null until inventory has made the claim. */
      fence: z.int().positive().nullable(),
    })
    .nullable(),
  /** A preferred vNIC that runs on the bridge of its network for want of a VF. */
  degraded: z.boolean(),
  guestPciAddress: z.string().nullable(),
});
export type PlacedVnic = z.infer<typeof PlacedVnic>;

/** A VM on a host, one attempt of it. */
export const OnHost = z.object({ host: Named, attempt: z.int().positive(), vnics: z.array(PlacedVnic) });
export type OnHost = z.infer<typeof OnHost>;

/** What somebody asked for and has not ended. The id is the command's. */
export const OpenOperation = z.object({
  id: z.string(),
  kind: OperationKind,
  actor: Actor,
  correlationId: z.string(),
  startedAt: Instant,
  vnicId: EntityId.nullable(),
  /** The host that was asked for; null for the best. */
  hostId: EntityId.nullable(),
  force: z.boolean(),
  /** What did not go as it should on the way, for whoever reads the end. */
  notes: z.array(z.string()),
  problems: z.array(Refusal),
});
export type OpenOperation = z.infer<typeof OpenOperation>;

export const EndedOperation = OpenOperation.extend({
  endedAt: Instant,
  outcome: z.enum(['done', 'failed']),
  host: Named.nullable(),
});

/**
 * One document per VM: where it runs and which VF each of its vNICs holds. `attempt` rises with every host that is tried
 * and never restarts: it is the VM's fence on hosts.
 */
export const Placement = z.object({
  vmId: EntityId,
  vmName: z.string(),
  placementId: EntityId,
  state: PlacementState,
  attempt: z.int().nonnegative(),
  /** What the run was resolved to; null while down. */
  vm: ResolvedVm.nullable(),
  /** Where it runs, or is tried. */
  at: OnHost.nullable(),
  /** Where it is to move. */
  to: OnHost.nullable(),
  /** Hosts that failed in this operation, each with why. */
  excluded: z.array(z.object({ host: Named, reason: z.string() })),
  /** Claims that were given up and are not gone yet, by host; the run ends after the last of them. */
  leaving: z.array(z.object({ hostId: EntityId, claims: z.array(ClaimRef.partial({ fence: true })) })),
  /** The newest (boot, sequence) of the host's agent at which the VM was known to be there. */
  seen: z.object({ hostId: EntityId, boot: z.int(), sequence: z.int() }).nullable(),
  operation: OpenOperation.nullable(),
  /** The operation that a stop has overtaken ends with it. */
  ended: z.array(EndedOperation),
  /** When it is looked at again though nothing was heard; null while nothing is awaited. */
  wakeAt: Instant.nullable(),
  /** Who drives it now and until when nobody else does. */
  lease: z.object({ by: z.string(), until: Instant }).nullable(),
});
export type Placement = z.infer<typeof Placement>;
