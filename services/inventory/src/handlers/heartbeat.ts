import type { Reaction } from '@vfleet/bus/bus';
import type { Heartbeat } from '@vfleet/contracts/host-agent';
import { type Deciding, reactAndPut } from '@vfleet/documents/decide-and-put';
import type { Stored } from '@vfleet/documents/documents';
import type { Clock } from '@vfleet/process/clock';
import type { Contacts } from '../contacts.ts';
import { claimsToClean } from '../core/claims-to-clean.ts';
import { decideHeard } from '../core/decide-heard.ts';
import { isBehind } from '../core/decide-report.ts';
import type { Ledger } from '../core/ledger.ts';
import { hostChanged, noted } from '../host-fact.ts';
import type { ReportRequests } from '../report-requests.ts';
import type { TellHosts } from '../tell-hosts.ts';

/**
 * Every inventory process hears every heartbeat. One that says nothing new is only remembered: the ledger is read when
 * the digest differs from the one this process last saw the ledger agree with, when the host was not up, and when the
 * agent does not know the fence floor.
 *
 * The floor is told from a ledger that has the host up, read after the heartbeat it answers: what was confirmed before
 * the agent's contact began is in it.
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
    const { hostId, everyMs, digest, agentVersion, boot, fenceFloor, contact } = message.payload;
    const state = `${boot} ${digest} ${agentVersion} ${fenceFloor}`;
    const agreed = deps.contacts.heard(hostId, { lastSeen: deps.clock.now(), everyMs }) === state;
    if (agreed) return;

    const host = await putUp(deps, message);
    if (!host) return;
    const knowsFloor = fenceFloor !== null && fenceFloor >= host.body.fenceFloor;
    if (!knowsFloor && host.body.connection.status === 'up') {
      await deps.tellHosts.fenceFloor(hostId, { floor: host.body.fenceFloor, contact });
    }
    if (isBehind(host.body.report, message.payload)) deps.reportRequests.ask(hostId);
    else if (knowsFloor) deps.contacts.agree(hostId, state);
  };

/** The host as it is after it was heard. One that comes up is told what it has not settled and not cleaned. */
async function putUp(
  { hosts, tellHosts }: { hosts: Deciding<Ledger>; tellHosts: TellHosts },
  message: Parameters<Reaction<typeof Heartbeat>>[0],
): Promise<Stored<Ledger> | undefined> {
  const { hostId, agentVersion, fenceFloor } = message.payload;
  const stored = await hosts.documents.get(hostId);
  const heard = { at: message.sentAt, agentVersion, fenceFloor };
  if (!stored || !decideHeard(stored.body, heard)) return stored;
  await reactAndPut(
    hosts,
    hostId,
    message,
    (host, _, { now }) => {
      const decision = host && decideHeard(host.body, { ...heard, at: now });
      if (!decision) return { ok: true, body: 'unchanged', reply: null };
      const { ledger, notes } = decision;
      return { ok: true, body: ledger, reply: null, facts: [hostChanged(hostId, 'status'), ...noted(hostId, notes)] };
    },
    {
      afterPut: async (host) => {
        if (!host) return;
        await tellHosts.wanted(hostId, host.body);
        await tellHosts.clean(hostId, claimsToClean(host.body, ['releasing', 'dirty']));
      },
    },
  );
  return hosts.documents.get(hostId);
}
