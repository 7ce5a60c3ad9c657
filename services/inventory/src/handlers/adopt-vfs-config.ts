import type { Answer } from '@vfleet/bus/bus';
import type { AdoptVfsConfig } from '@vfleet/contracts/inventory-health';
import type { Deciding } from '@vfleet/documents/decide-and-put';
import { changeVfsConfig } from '../change-vfs-config.ts';
import { decideAdoption } from '../core/decide-drift.ts';
import type { Ledger } from '../core/ledger.ts';
import { digest } from '../digest.ts';
import { onHost } from '../find-host.ts';
import type { FollowedNetworks } from '../follow-networks.ts';
import type { TellHosts } from '../tell-hosts.ts';

export const adoptVfsConfig =
  ({
    hosts,
    networks: { known },
    tellHosts,
  }: {
    hosts: Deciding<Ledger>;
    networks: FollowedNetworks;
    tellHosts: TellHosts;
  }): Answer<typeof AdoptVfsConfig> =>
  (message) =>
    onHost(hosts.documents, message.payload.host, ({ id }) => {
      const decide = (ledger: Ledger, ref: typeof message.payload) =>
        decideAdoption(ledger, ref, { known, hash: digest });
      return changeVfsConfig({ hosts, tellHosts, known }, { id, message, decide });
    });
