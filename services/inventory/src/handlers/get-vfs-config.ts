import type { Answer } from '@vfleet/bus/bus';
import type { GetVfsConfig } from '@vfleet/contracts/inventory';
import type { Documents } from '@vfleet/documents/documents';
import { findVfsConfig } from '../core/find-nic.ts';
import type { Ledger } from '../core/ledger.ts';
import { generationOutcome, vfsConfigView } from '../core/vfs-config-view.ts';
import { onHost } from '../find-host.ts';
import type { FollowedNetworks } from '../follow-networks.ts';

export const getVfsConfig =
  ({ hosts, networks }: { hosts: Documents<Ledger>; networks: FollowedNetworks }): Answer<typeof GetVfsConfig> =>
  ({ payload }) =>
    onHost(hosts, payload.host, async ({ body }) => {
      const found = findVfsConfig(body, payload);
      if (!found.ok) return found;
      const known = await networks.knownFor([found.config]);
      const outcome = payload.generation === undefined ? null : generationOutcome(found.config, payload.generation);
      return {
        ok: true,
        reply: { resource: vfsConfigView(body, found.config, known), version: found.config.revision, outcome },
      };
    });
