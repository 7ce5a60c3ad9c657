import type { Reaction } from '@vfleet/bus/bus';
import type { Heartbeat } from '@vfleet/contracts/host-agent';
import { type Deciding, reactAndPut } from '@vfleet/documents/decide-and-put';
import type { Clock } from '@vfleet/process/clock';
import type { Contacts } from '../contacts.ts';
import { decideConnection } from '../core/decide-connection.ts';
import { isBehind } from '../core/decide-report.ts';
import type { Ledger } from '../core/ledger.ts';
import { hostChanged } from '../host-fact.ts';
import type { ReportRequests } from '../report-requests.ts';
import type { TellHosts } from '../tell-hosts.ts';

/**
 * Every inventory process hears every heartbeat. One that says nothing new is only remembered: the ledger is read when
 * the digest differs from the one this process last saw the ledger agree with, or when the host was not up.
 */
export const heartbeat =
  (deps: {
    hosts: Deciding<Ledger>;
    contacts: Contacts;
    reportRequests: ReportRequests;
    tellHosts: TellHosts;
    clock: Clock;
  }): Reaction<typeof Heartbeat> =>
  async (message) => {
    const { hostId, everyMs, digest, agentVersion, boot } = message.payload;
    const state = `${boot} ${digest} ${agentVersion}`;
    const agreed = deps.contacts.heard(hostId, { lastSeen: deps.clock.now(), everyMs }) === state;
    if (agreed) return;

    const stored = await deps.hosts.documents.get(hostId);
    if (!stored) return;
    await reactAndPut(
      deps.hosts,
      hostId,
      message,
      (host, _, { now }) => {
        const ledger = host && decideConnection(host.body, { status: 'up', at: now, agentVersion });
        return ledger
          ? { ok: true, body: ledger, reply: null, facts: [hostChanged(hostId, 'status')] }
          : { ok: true, body: 'unchanged', reply: null };
      },
      { afterPut: async (host) => host && deps.tellHosts.wanted(hostId, host.body) },
    );
    if (isBehind(stored.body.report, message.payload)) deps.reportRequests.ask(hostId);
    else deps.contacts.agree(hostId, state);
  };
