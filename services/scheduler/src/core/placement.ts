import { Actor } from '@vfleet/contracts/envelope';
import { ResolvedVm } from '@vfleet/contracts/policy/runs';
import { EntityId, Named } from '@vfleet/contracts/vocabulary/ids';
import { OperationKind } from '@vfleet/contracts/vocabulary/operation';
import { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { Refusal } from '@vfleet/contracts/vocabulary/problem';
import { z } from 'zod';

const Instant = z.string();

/**
 * Where a placement stands. What each state does and where each happening leads is the table of placement-table.ts.
 * `down`: no run. The others hold the VM locked (policy names the placement).
 */
export const PlacementState = z.enum([
  'down',
  'starting',
  'quitting-host',
  'running',
  'plugging',
  'choosing-vf',
  'detaching-degraded',
  'taking-back-plug',
  'restoring-degraded',
  'unplugging',
  'releasing-unplugged',
  'choosing-destination',
  'claiming-destination',
  'detaching-source',
  'moving',
  'finding-vm',
  'attaching-destination',
  'replugging-source',
  'stopping',
  'releasing',
]);
export type PlacementState = z.infer<typeof PlacementState>;

/** What a run was resolved to. The domain's XML is not kept: it is asked for again when it is needed. */
export const RunVm = ResolvedVm.omit({ domainXml: true });
export type RunVm = z.infer<typeof RunVm>;

/** A VF that is claimed, or is to be; the fence is null until inventory has told it. */
const PlacedVf = z.object({
  claimId: EntityId,
  pciAddress: PciAddress,
  pf: Named,
  fence: z.int().positive().nullable(),
});

/** A vNIC of a placement on a host: the claim and VF it has or is to have there, or the bridge of its network. */
export const PlacedVnic = z.object({
  vnic: Named,
  vf: PlacedVf.nullable(),
  /** A preferred vNIC that runs on the bridge of its network for want of a VF. */
  degraded: z.boolean(),
  guestPciAddress: z.string().nullable(),
});
export type PlacedVnic = z.infer<typeof PlacedVnic>;

/** A VM on a host, one attempt of it, and since when that was meant. */
export const OnHost = z.object({
  host: Named,
  attempt: z.int().positive(),
  since: Instant,
  vnics: z.array(PlacedVnic),
});
export type OnHost = z.infer<typeof OnHost>;

/**
 * What was given up on a host and is not over. `isGone`: the VM is proved not to run there by this attempt. `stop` is the
 * step that is told until the host proves that the attempt is over; null when it has. It is told when the attempt `after`
 * is gone: the VM may still come from there. Claims are those not gone yet; `since` is the attempt's.
 */
export const Leaving = z.object({
  host: Named,
  attempt: z.int().positive(),
  since: Instant,
  isGone: z.boolean(),
  after: z.int().positive().nullable(),
  stop: z.object({ step: z.string(), force: z.boolean(), tries: z.int().positive() }).nullable(),
  claims: z.array(z.object({ claimId: EntityId, pciAddress: PciAddress, fence: z.int().positive().nullable() })),
});
export type Leaving = z.infer<typeof Leaving>;

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
  /** How often VFs that were picked were lost to others. */
  lostRaces: z.int().nonnegative(),
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
export type EndedOperation = z.infer<typeof EndedOperation>;

/**
 * One document per VM: where it runs and which VF each of its vNICs holds. `attempt` rises with every host that is tried
 * and never restarts: it is the VM's fence on hosts.
 */
export const Placement = z.object({
  vmId: EntityId,
  vmName: z.string(),
  placementId: EntityId,
  state: PlacementState,
  /** When this state was entered. */
  since: Instant,
  attempt: z.int().nonnegative(),
  /** Rises with every state that tells a host something: it tells the steps of an attempt apart. */
  step: z.int().nonnegative(),
  /** What the run was resolved to; null while down. */
  vm: RunVm.nullable(),
  /** Where it runs, or is tried. */
  at: OnHost.nullable(),
  /** Where it is to move. */
  to: OnHost.nullable(),
  /** A destination that was confirmed lost while the VM may have been on its way there: the source is asked what became of it. */
  lostDestination: Named.nullable(),
  /** The vNIC that is being plugged, upgraded or unplugged, with the claim it is to have or had. */
  plug: PlacedVnic.nullable(),
  /** Hosts that failed in this operation, each with why. */
  excluded: z.array(z.object({ host: Named, reason: z.string() })),
  leaving: z.array(Leaving),
  /** The newest (boot, sequence) of the host's agent at which the VM was known to be there. */
  seen: z.object({ hostId: EntityId, boot: z.int(), sequence: z.int() }).nullable(),
  /** When and how its last run ended that nobody ended. */
  died: z.object({ at: Instant, problem: Refusal }).nullable(),
  /** The guest's addresses of vNICs, kept from their first attachment on. */
  guestAddresses: z.array(z.object({ vnicId: EntityId, address: z.string() })),
  operation: OpenOperation.nullable(),
  /** The last ones; an operation that a stop has overtaken ends with that. */
  ended: z.array(EndedOperation),
  /** When it is looked at again though nothing was heard; null while nothing is awaited. */
  wakeAt: Instant.nullable(),
  /** Who drives it now and until when nobody else does. */
  lease: z.object({ by: z.string(), until: Instant }).nullable(),
});
export type Placement = z.infer<typeof Placement>;

/** A VM that was never placed. */
export function newPlacement({
  vm,
  placementId,
  now,
}: {
  vm: { id: string; name: string };
  placementId: string;
  now: string;
}): Placement {
  return {
    vmId: vm.id,
    vmName: vm.name,
    placementId,
    state: 'down',
    since: now,
    attempt: 0,
    step: 0,
    vm: null,
    at: null,
    to: null,
    lostDestination: null,
    plug: null,
    excluded: [],
    leaving: [],
    seen: null,
    died: null,
    guestAddresses: [],
    operation: null,
    ended: [],
    wakeAt: null,
    lease: null,
  };
}

/** Names the step that hosts are told in this state, the same however often they are told it. */
export function stepOf({ placementId, step }: Pick<Placement, 'placementId' | 'step'>): string {
  return `${placementId}.${step}`;
}

/**
 * Whether the answer of a host to a step means anything: it is awaited, and that host was told it. The names of steps
 * are no secret to a host that had the VM before.
 */
export function isAwaited(placement: Placement, { step, hostId }: { step: string; hostId: string }): boolean {
  const { at, leaving } = placement;
  const isStop = leaving.some(({ host, stop }) => stop?.step === step && host.id === hostId);
  return isStop || (step === stepOf(placement) && at?.host.id === hostId);
}
