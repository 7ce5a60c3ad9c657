import type { Answer } from '@vfleet/bus/bus';
import type { UpdateVfsConfig } from '@vfleet/contracts/inventory';
import type { Deciding } from '@vfleet/documents/decide-and-put';
import { changeVfsConfig } from '../change-vfs-config.ts';
import { decideUpdateVfsConfig, type WantedUpdate } from '../core/decide-update-vfs-config.ts';
import type { Ledger } from '../core/ledger.ts';
import { digest } from '../digest.ts';
import { onHost } from '../find-host.ts';
import type { FollowedNetworks } from '../follow-networks.ts';
import type { TellHosts } from '../tell-hosts.ts';

/** The networks of the reply are what is known: a change of numbers does not wait for policy. */
export const updateVfsConfig =
  ({
    hosts,
    networks,
    tellHosts,
  }: {
    hosts: Deciding<Ledger>;
    networks: FollowedNetworks;
    tellHosts: TellHosts;
  }): Answer<typeof UpdateVfsConfig> =>
  (message) =>
    onHost(hosts.documents, message.payload.host, ({ id }) => {
      const known = restsOnAllNetworks(message.payload) ? networks.knownAll() : networks.known;
      const around = { known, hash: digest };
      const decide = (ledger: Ledger, wanted: WantedUpdate) => decideUpdateVfsConfig(ledger, wanted, around);
      return changeVfsConfig({ hosts, tellHosts, known }, { id, message, decide });
    });

/** A plan of which networks are allowed was made with all networks there are. */
function restsOnAllNetworks({ planToken, allNetworksAllowed }: WantedUpdate): boolean {
  return planToken !== undefined && allNetworksAllowed !== undefined;
}
