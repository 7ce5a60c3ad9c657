import { z } from 'zod';
import { EntityId, Named } from './ids.ts';
import { PciAddress } from './pci.ts';

/** Where a claim stands; one that is gone is not told. `dirty` is quarantine: the VF could not be proved clean. */
export const ClaimState = z.enum(['reserved', 'attached', 'releasing', 'dirty']);
export type ClaimState = z.infer<typeof ClaimState>;

/**
 * What names a claim on its host: the fence comes from one counter per host that never restarts, so that of two claims
 * of one VF the later has the higher.
 */
export const ClaimRef = z.object({ claimId: EntityId, pciAddress: PciAddress, fence: z.int().positive() });
export type ClaimRef = z.infer<typeof ClaimRef>;

/** The durable, fenced reservation of one VF for one vNIC, as other services are told of it. */
export const Claim = ClaimRef.extend({
  placementId: EntityId,
  vm: Named,
  vnic: Named,
  vf: z.object({ name: z.string(), pf: Named }),
  state: ClaimState,
  since: z.iso.datetime(),
});
export type Claim = z.infer<typeof Claim>;
