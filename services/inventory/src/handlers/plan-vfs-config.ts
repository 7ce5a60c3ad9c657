import type { Answer } from '@vfleet/bus/bus';
import type { PlanVfsConfig } from '@vfleet/contracts/inventory-plan';
import type { Documents } from '@vfleet/documents/documents';
import type { Ledger } from '../core/ledger.ts';
import { planVfsConfig as plan } from '../core/plan-vfs-config.ts';
import { digest } from '../digest.ts';
import { onHost } from '../find-host.ts';
import type { FollowedNetworks } from '../follow-networks.ts';

/** A plan that changes which networks are allowed tells them all, so it waits until they are known. */
export const planVfsConfig =
  ({ hosts, networks }: { hosts: Documents<Ledger>; networks: FollowedNetworks }): Answer<typeof PlanVfsConfig> =>
  ({ payload }) =>
    onHost(hosts, payload.host, ({ body }) => {
      const known = payload.allNetworksAllowed === undefined ? networks.known : networks.knownAll();
      const planned = plan(body, payload, { known, hash: digest });
      return planned.ok ? { ok: true, reply: planned.plan } : planned;
    });
