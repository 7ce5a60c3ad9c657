import { z } from 'zod';
import { command, event, query } from './define.ts';
import { AuditNote } from './vocabulary/audit.ts';
import { Claim, ClaimRef } from './vocabulary/claim.ts';
import { EntityId, EntityRef, Named } from './vocabulary/ids.ts';
import { PciAddress } from './vocabulary/pci.ts';

const byHost = ({ hostId }: { hostId: string }) => hostId;

/** A claim that is asked for. The network's version is that of the answer it was resolved with. */
export const WantedClaim = z.object({
  claimId: EntityId,
  pciAddress: PciAddress,
  vnic: Named,
  network: z.object({ id: EntityId, version: z.int().positive() }),
});

/**
 * Claims VFs of one host for one placement, all or none, by one put. A claim that is there is answered as it is; one
 * that was released is refused for good. `ledgerVersion` is that of the host's document with the claims in it.
 */
export const ClaimVfs = command('inventory.claim-vfs', {
  request: z.object({
    hostId: EntityId,
    placementId: EntityId,
    clusterId: EntityId,
    vm: Named,
    claims: z.array(WantedClaim).min(1).max(64),
  }),
  reply: z.object({ claims: z.array(Claim), ledgerVersion: z.int().positive() }),
  refusals: [
    'HOST_NOT_EXIST',
    'HOST_NOT_UP',
    'HOST_OF_OTHER_CLUSTER',
    'VF_NOT_EXIST',
    'VF_NOT_FREE',
    'NETWORK_NOT_ALLOWED_ON_PF',
    'NETWORK_IS_STALE',
    'CLAIM_WAS_RELEASED',
  ],
  keyOf: byHost,
});

/**
 * Turns claims that are reserved into attached ones, and tells what of the placement the host holds after it. A claim
 * that is not there is refused: it was released meanwhile.
 */
export const AttachClaims = command('inventory.attach-claims', {
  request: z.object({ hostId: EntityId, placementId: EntityId, claimIds: z.array(EntityId).min(1).max(64) }),
  reply: z.object({ claims: z.array(Claim) }),
  refusals: ['HOST_NOT_EXIST', 'CLAIM_WAS_RELEASED'],
  keyOf: byHost,
});

/**
 * Begins to release claims: they go to `releasing`, the agent is told to clean until it proves that it did. An unknown
 * claim is recorded as released, so that a late claim of that id is refused. The reply tells those not gone yet.
 */
export const ReleaseClaims = command('inventory.release-claims', {
  request: z.object({ hostId: EntityId, placementId: EntityId, claimIds: z.array(EntityId).min(1).max(64) }),
  reply: z.object({ claims: z.array(Claim) }),
  refusals: ['HOST_NOT_EXIST'],
  keyOf: byHost,
});

/** The claims of a placement on all hosts, read from the ledgers; one that is gone is not told. */
export const FindClaims = query('inventory.find-claims', {
  request: z.object({ placementId: EntityId }),
  reply: z.object({ claims: z.array(Claim.extend({ hostId: EntityId })) }),
  refusals: [],
  keyOf: ({ placementId }) => placementId,
});

/**
 * The administrator's word that a host is powered off and its VMs with it: raises its fence floor, frees every claim on
 * it and ends its placements. Refused while the host's agent is heard.
 */
export const ConfirmPoweredOff = command('inventory.confirm-powered-off', {
  request: z.object({ host: EntityRef }),
  reply: z.object({ released: z.array(ClaimRef) }),
  refusals: ['HOST_NOT_EXIST', 'HOST_IS_UP'],
  keyOf: ({ host }) => host,
});

/** A host was confirmed lost: no VM that ran there runs. */
export const HostLost = event('inventory.host-lost', {
  payload: z.object({ hostId: EntityId, fenceFloor: z.int().nonnegative() }),
  keyOf: ({ hostId }) => hostId,
  consumers: ['scheduler'],
  followers: ['gateway'],
});

/** Claims of placements changed on a host: a hint to read them. */
export const ClaimsChanged = event('inventory.claims-changed', {
  payload: z.object({ hostId: EntityId, placementIds: z.array(EntityId) }),
  keyOf: ({ hostId }) => hostId,
  consumers: ['scheduler'],
});

/** What inventory did by itself, for the audit log. */
export const InventoryNoted = event('inventory.noted', {
  payload: AuditNote.extend({ hostId: EntityId }),
  keyOf: ({ hostId }) => hostId,
  consumers: ['gateway'],
});
