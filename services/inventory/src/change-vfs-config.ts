import type { Verdict } from '@vfleet/contracts/define';
import type { Message } from '@vfleet/contracts/envelope';
import type { VfsConfig } from '@vfleet/contracts/vocabulary/vfs-config';
import { type Deciding, decideAndPut } from '@vfleet/documents/decide-and-put';
import type { UpdateDecision } from './core/decide-update-vfs-config.ts';
import type { KnownNetworks } from './core/known-networks.ts';
import type { Ledger } from './core/ledger.ts';
import { hostUnreachable } from './core/refuse-unreachable.ts';
import { vfsConfigView } from './core/vfs-config-view.ts';
import { noSuchHost } from './find-host.ts';
import { hostChanged } from './host-fact.ts';
import type { TellHosts } from './tell-hosts.ts';

/**
 * Carries out what is wanted of a VfsConfig. The host is probed after every rule and before the put, so that a host that
 * is away has nothing saved for it; it is told after the put. Should the process die in between, the sweep or the host's
 * next report has it told again.
 */
export function changeVfsConfig<Payload extends { host: string }>(
  { hosts, tellHosts, known }: { hosts: Deciding<Ledger>; tellHosts: TellHosts; known: KnownNetworks },
  {
    id,
    message,
    decide,
  }: { id: string; message: Message<Payload>; decide: (ledger: Ledger, payload: Payload) => UpdateDecision },
): Promise<Verdict<VfsConfig>> {
  return decideAndPut(
    hosts,
    id,
    message,
    (stored, { payload }) => {
      if (!stored) return { ok: false, refusals: [noSuchHost(payload.host)] };
      const decision = decide(stored.body, payload);
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
}
