import type { Answer } from '@vfleet/bus/bus';
import type { UpdateVfsConfig } from '@vfleet/contracts/inventory';
import { type Deciding, decideAndPut } from '@vfleet/documents/decide-and-put';
import { decideUpdateVfsConfig, type WantedUpdate } from '../core/decide-update-vfs-config.ts';
import type { Ledger } from '../core/ledger.ts';
import { hostUnreachable } from '../core/refuse-unreachable.ts';
import { vfsConfigView } from '../core/vfs-config-view.ts';
import { digest } from '../digest.ts';
import { noSuchHost, onHost } from '../find-host.ts';
import type { FollowedNetworks } from '../follow-networks.ts';
import { hostChanged } from '../host-fact.ts';
import type { TellHosts } from '../tell-hosts.ts';

/**
 * The host is probed after every rule and before the put, so that a host that is away has nothing saved for it; it is
 * told after the put. Should the process die in between, the sweep or the host's next report has it told again. The
 * networks of the reply are what is known: a change of numbers does not wait for policy.
 */
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
      return decideAndPut(
        hosts,
        id,
        message,
        (stored, { payload }) => {
          if (!stored) return { ok: false, refusals: [noSuchHost(payload.host)] };
          const decision = decideUpdateVfsConfig(stored.body, payload, { known, hash: digest });
          if (!decision.ok) return decision;
          const { ledger, config, change } = decision;
          const reply = vfsConfigView(ledger, config, known);
          if (change === 'none') return { ok: true, body: 'unchanged', reply };
          const facts = [hostChanged(id, change === 'generation' ? 'vfs-wanted' : 'updated', [config.nicName])];
          return { ok: true, body: ledger, reply, facts, plan: change };
        },
        {
          beforePut: async ({ plan }, stored) => {
            if (plan !== 'generation' || !stored) return [];
            return (await tellHosts.probe(id, message)) ? [] : [hostUnreachable(stored.body)];
          },
          afterPut: async (document, { plan }) => {
            if (document && plan === 'generation') await tellHosts.wanted(id, document.body, message);
          },
        },
      );
    });

/** A plan of which networks are allowed was made with all networks there are. */
function restsOnAllNetworks({ planToken, allNetworksAllowed }: WantedUpdate): boolean {
  return planToken !== undefined && allNetworksAllowed !== undefined;
}
