import { desiredStateOf } from '@vfleet/contracts/desired-state';
import { KeptFence } from '@vfleet/contracts/host-agent-vms';
import { ClaimState } from '@vfleet/contracts/vocabulary/claim';
import { DomainReport } from '@vfleet/contracts/vocabulary/domain';
import { NicReport, PfIdentity, Platform, StuckChange } from '@vfleet/contracts/vocabulary/host-report';
import { EntityId } from '@vfleet/contracts/vocabulary/ids';
import { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { VfProperties } from '@vfleet/contracts/vocabulary/vnic-profile';
import { z } from 'zod';
import { LedgerHealth } from './ledger-health.ts';
import { Netdev } from './ledger-netdev.ts';

const Instant = z.string();

/** The netdev of a VF as last reported. */
const VfNic = Netdev.extend({
  name: z.string(),
  mac: z.string().nullable(),
  mtu: z.int().nullable(),
  speed: z.int().nullable(),
  carrier: z.boolean().nullable(),
});

/** A VF in the index of its PF. `reasons` are what the host shows; claims and the PF's state are added on read. */
export const LedgerVf = z.object({
  pciAddress: PciAddress,
  deviceName: z.string(),
  index: z.int(),
  driver: z.string().nullable(),
  iommuGroup: z.string().nullable(),
  nic: VfNic.nullable(),
  inUse: z.boolean(),
  reasons: z.array(z.object({ code: z.string(), text: z.string() })),
});
export type LedgerVf = z.infer<typeof LedgerVf>;

/** What an administrator wants of one PF, what the host made of it, and the PF's VFs. */
export const LedgerVfsConfig = z.object({
  id: EntityId,
  pciAddress: PciAddress,
  nicName: z.string(),
  identity: PfIdentity.nullable(),
  maximum: z.int().nonnegative(),
  driver: z.string().nullable(),
  /** Whether new VFs get their netdevs: the host binds drivers to them, and has theirs. */
  expectNetdevs: z.boolean(),
  numaNode: z.int().nullable(),
  allNetworksAllowed: z.boolean(),
  networkIds: z.array(z.string()),
  labels: z.array(z.string()),
  /** `allNetworksAllowed` beside a number waits with it and takes effect when the number is applied. */
  desired: desiredStateOf(
    z.object({
      numOfVfs: z.int().nonnegative(),
      /** Of the PF itself; null: left alone. */
      mtu: z.int().nullable().default(null),
      allNetworksAllowed: z.boolean().nullable(),
      /** What an adoption found: the host refuses when it holds another number by then. */
      onlyIfExisting: z.int().nonnegative().optional(),
    }),
  ),
  /** The number that is in force: the last applied one, null while this ledger knows of none. What exists is held against it to find drift. */
  appliedNumOfVfs: z.int().nonnegative().nullable(),
  /** The MTU of the PF that is in force, as the number is; null: its own is left alone. */
  appliedMtu: z.int().nullable().default(null),
  /** Rises with every change an administrator makes of it: the VfsConfig's ETag. */
  revision: z.int().positive(),
  vfs: z.array(LedgerVf),
  missingSince: Instant.nullable(),
  driftSince: Instant.nullable(),
  /** The number its host restores at boot; null while it has settled none. */
  persisted: z.int().nonnegative().nullable().default(null),
  /** Its agent works on a change of it, be it one that the ledger does not know. */
  changingOnHost: z.boolean().default(false),
  /** What the host shows of its health, and which PCIe errors of it an administrator has dealt with. */
  health: LedgerHealth,
  unhealthySince: Instant.nullable().default(null),
  stuck: StuckChange.nullable(),
  warning: z.string().nullable(),
  /** VF properties that the driver was found to refuse. */
  unsupported: z.array(VfProperties.keyof()),
  progress: z.object({ generation: z.int(), step: z.string(), done: z.int(), total: z.int(), at: Instant }).nullable(),
});
export type LedgerVfsConfig = z.infer<typeof LedgerVfsConfig>;

/** A nic that is not a VF. Labels and networks are the nic's own, independent of any VfsConfig. */
export const LedgerNic = Netdev.extend({
  id: z.string(),
  name: z.string(),
  mac: z.string().nullable(),
  mtu: z.int().nullable(),
  speed: z.int().nullable(),
  carrier: z.boolean().nullable(),
  bond: z.string().nullable(),
  bridge: z.string().nullable(),
  vlans: z.array(z.string()),
  pciAddress: z.string().nullable(),
  driver: z.string().nullable(),
  numaNode: z.int().nullable(),
  representorOf: NicReport.shape.representorOf,
  vfsConfigId: z.string().nullable(),
  labels: z.array(z.string()),
  networkIds: z.array(z.string()),
});
export type LedgerNic = z.infer<typeof LedgerNic>;

/**
 * The durable, fenced reservation of one VF for one vNIC. `deadline` is when an inquiry begins, never when anything is
 * freed: a claim ends by the agent's proof that the VF is clean, or by the confirmed loss of the host.
 */
export const LedgerClaim = z.object({
  id: EntityId,
  fence: z.int().positive(),
  vfsConfigId: EntityId,
  pciAddress: PciAddress,
  placementId: EntityId,
  vm: z.object({ id: EntityId, name: z.string() }),
  vnic: z.object({ id: EntityId, name: z.string() }),
  network: z.object({ id: EntityId, version: z.int().positive() }),
  state: ClaimState,
  since: Instant,
  deadline: Instant.nullable(),
  /** Why the VF could not be proved clean, or what holds it while it should be cleaned. */
  dirty: z.object({ cause: z.string(), remedy: z.string() }).nullable(),
});
export type LedgerClaim = z.infer<typeof LedgerClaim>;

/** A claim that was released: its id is never claimed again. Kept as long as a late message can be under way. */
const ReleasedClaim = z.object({ id: EntityId, at: Instant });

/** What the hypervisor holds and which VFs the agent has still to clean, as it told last. */
const LedgerDomains = z.object({
  boot: z.int(),
  sequence: z.int(),
  machineBoot: z.string(),
  takenAt: Instant,
  /** Domains that hold a VF, and those of our VMs that hold none. */
  domains: z.array(DomainReport.pick({ name: true, vmId: true, placementId: true, attempt: true, vfs: true })),
  /** The fences of VFs that were prepared and not cleaned since. */
  uncleaned: z.array(KeptFence.omit({ cleaned: true })),
});

/** Where ledger, host and hypervisor do not agree, since it was first seen. */
const LedgerDifference = z.object({
  code: z.string(),
  pciAddress: z.string().nullable(),
  text: z.string(),
  remedy: z.string(),
  since: Instant,
});
export type LedgerDifference = z.infer<typeof LedgerDifference>;

/**
 * The ledger: everything inventory decides by, one document per host, so that one conditional put decides every
 * question that concerns one host. The full device listing is kept elsewhere (host-reports).
 */
export const Ledger = z.object({
  /** The document's own id, here so that a name cannot be another host's id (one unique key holds both). */
  id: EntityId,
  name: z.string(),
  /** Rises with every change an administrator makes of the host itself: its ETag. */
  revision: z.int().positive(),
  clusterId: z.string(),
  addedAt: Instant,
  connection: z.object({
    status: z.enum(['up', 'down']),
    since: Instant,
    agentVersion: z.string().nullable(),
    lastSeen: Instant.nullable(),
  }),
  report: z
    .object({
      boot: z.int(),
      sequence: z.int(),
      digest: z.string(),
      takenAt: Instant,
      iommu: z.boolean().nullable(),
      /** Digest of the listing in host-reports; an older one than `digest` when the newest could not be taken over. */
      listingDigest: z.string().nullable(),
    })
    .nullable(),
  /** What the machine offers as it was scanned last; null when its agent tells nothing of it. */
  platform: Platform.nullable().default(null),
  /** Since when nothing on the host drives domains; null when something does, or nobody knows. */
  noHypervisorSince: Instant.nullable().default(null),
  /** Whether a PF without carrier counts as unhealthy: what its cluster says. */
  requireCarrier: z.boolean().default(false),
  reportError: z.object({ device: z.string().nullable(), field: z.string().nullable(), detail: z.string() }).nullable(),
  orphans: z.array(z.string()),
  nics: z.array(LedgerNic),
  /** Rises with every change of what nics carry themselves: part of the ETag of each nic. */
  nicsRevision: z.int().nonnegative(),
  vfsConfigs: z.array(LedgerVfsConfig),
  /** VfsConfig ids are numbered from it and never given out again. */
  vfsConfigCounter: z.int().nonnegative(),
  /** Since when an administrator keeps the host out of scheduling; null when not. */
  maintenanceSince: Instant.nullable(),
  claims: z.array(LedgerClaim),
  releasedClaims: z.array(ReleasedClaim),
  domains: LedgerDomains.nullable(),
  differences: z.array(LedgerDifference),
  fenceCounter: z.int().nonnegative(),
  fenceFloor: z.int().nonnegative(),
});
export type Ledger = z.infer<typeof Ledger>;

/** A host as it is added: nothing reported, nothing claimed, down until its agent is heard. */
export function newLedger({
  id,
  name,
  clusterId,
  now,
}: {
  id: string;
  name: string;
  clusterId: string;
  now: string;
}): Ledger {
  return {
    id,
    name,
    revision: 1,
    clusterId,
    addedAt: now,
    connection: { status: 'down', since: now, agentVersion: null, lastSeen: null },
    report: null,
    ...{ platform: null, noHypervisorSince: null, requireCarrier: false },
    reportError: null,
    orphans: [],
    nics: [],
    nicsRevision: 0,
    vfsConfigs: [],
    vfsConfigCounter: 0,
    maintenanceSince: null,
    claims: [],
    releasedClaims: [],
    domains: null,
    differences: [],
    fenceCounter: 0,
    fenceFloor: 0,
  };
}
