import { z } from 'zod';
import { query } from './define.ts';
import { ReadRequest, readReply } from './policy/entity.ts';
import { EntityId } from './vocabulary/ids.ts';
import { PciAddress } from './vocabulary/pci.ts';
import { VF_REASONS, type VfReasonCode } from './vocabulary/vf-in-use.ts';
import { VfProperties } from './vocabulary/vnic-profile.ts';

const NetworkFacts = z.object({ networkIds: z.array(z.string()), labels: z.array(z.string()) });

const VfReasonName = z.enum(Object.keys(VF_REASONS) as [VfReasonCode, ...VfReasonCode[]]);

const PfFacts = z.object({
  id: z.string(),
  name: z.string(),
  pciAddress: PciAddress,
  /** Equal for the ports of one card. */
  card: z.string(),
  numaNode: z.int().nullable(),
  /** Null when the host has not told it. */
  mtu: z.int().nullable(),
  allowed: z.union([z.literal('all'), NetworkFacts]),
  /** VF properties that the PF's driver was found to refuse. */
  unsupported: z.array(VfProperties.keyof()),
  blocked: z.array(
    z.object({ code: z.enum(['PF_CHANGING', 'PF_STUCK', 'PF_DRIFTED', 'PF_UNHEALTHY']), text: z.string() }),
  ),
  vfs: z.int().nonnegative(),
  freeVfs: z.array(PciAddress),
  notFree: z.array(z.object({ code: VfReasonName, vfs: z.int().positive() })),
});

/** A host as a scheduler needs it. `version` is the ledger's: it rises with every put of it. */
export const HostFacts = z.object({
  id: EntityId,
  version: z.int().positive(),
  name: z.string(),
  clusterId: z.string(),
  status: z.enum(['up', 'down', 'maintenance', 'non_operational']),
  attached: NetworkFacts,
  pfs: z.array(PfFacts),
});
export type HostFacts = z.infer<typeof HostFacts>;

export const ReadHostFacts = query('inventory.read-host-facts', {
  request: ReadRequest,
  reply: readReply(HostFacts),
  refusals: [],
  keyOf: () => 'hosts',
});
