import { isOpen } from '@vfleet/contracts/desired-state';
import { HostDevice } from '@vfleet/contracts/vocabulary/host-device';
import type { Collection } from '@vfleet/documents/documents';
import { z } from 'zod';
import { uncleanedFences } from './core/differences.ts';
import { Ledger } from './core/ledger.ts';

/**
 * The ledgers, one per host. `ref` is what a caller may name a host by; `open` finds hosts with a generation that is not
 * settled, `cluster` those of a cluster, `placement` those with claims of a placement, `claims` those with claims that
 * something is to be done about, `uncleaned` those with VFs to be cleaned that nobody claims. Schema version 2 counts
 * changes of what nics carry, 3 knows claims and domains, 4 health of PFs, platforms and netdevs as they are now: what an
 * earlier one does not tell is as the schema has it by default.
 */
export const HOSTS: Collection<Ledger> = {
  name: 'hosts',
  schema: Ledger,
  schemaVersion: 4,
  keys: {
    ref: { unique: true, of: ({ id, name }) => (id === name ? id : [id, name]) },
    status: { of: ({ connection }) => connection.status },
    open: { of: ({ vfsConfigs }) => (vfsConfigs.some(({ desired }) => isOpen(desired)) ? 'yes' : null) },
    cluster: { of: ({ clusterId }) => clusterId },
    placement: { of: ({ claims }) => [...new Set(claims.map(({ placementId }) => placementId))] },
    claims: { of: ({ claims }) => [...new Set(claims.map(({ state }) => state))] },
    uncleaned: { of: (ledger) => (uncleanedFences(ledger).length > 0 ? 'yes' : null) },
  },
  upgrade: {
    1: (ledger) => ({ ...(ledger as object), nicsRevision: 0 }),
    2: (ledger) => withClaims(ledger as Ledger),
    3: (ledger) => ledger,
  },
};

/** No claim was ever made before version 3. */
function withClaims(ledger: Ledger): Ledger {
  return {
    ...ledger,
    vfsConfigs: ledger.vfsConfigs.map((config) => ({ ...config, unsupported: [], expectNetdevs: true })),
    maintenanceSince: null,
    releasedClaims: [],
    domains: null,
    differences: [],
  };
}

/** The last full listing of a host: written before the ledger names its digest, never read by a decision. */
const HostListing = z.object({
  boot: z.int(),
  sequence: z.int(),
  digest: z.string(),
  takenAt: z.string(),
  devices: z.array(HostDevice),
});
export type HostListing = z.infer<typeof HostListing>;

export const HOST_REPORTS: Collection<HostListing> = {
  name: 'host-reports',
  schema: HostListing,
  schemaVersion: 1,
  keys: {},
};
