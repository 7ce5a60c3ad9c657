import { type Deciding, reactAndPut } from '@vfleet/documents/decide-and-put';
import { type Clock, isoNow } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { Contacts } from './contacts.ts';
import { decideConnection } from './core/decide-connection.ts';
import type { Ledger } from './core/ledger.ts';
import { eachHost } from './each-host.ts';
import { hostChanged } from './host-fact.ts';
import type { TellHosts } from './tell-hosts.ts';

/** Looks that are this many times further apart than meant were not made: the process was stopped. */
const AWAY_AFTER = 5;

type Silence = { hosts: Deciding<Ledger>; contacts: Contacts; clock: Clock; log: Log; newId: () => string };

/**
 * Puts down, in their ledgers, the hosts whose heartbeats have stopped. Whether a host is silent is asked again when it
 * is decided: it may have been heard meanwhile. One that cannot be put down keeps no other from it, and is tried again.
 */
async function putSilentHostsDown(deps: Silence): Promise<void> {
  const { contacts, clock, log } = deps;
  for (const hostId of contacts.silent(clock.now())) {
    try {
      await putDown(deps, hostId);
      if (contacts.isSilent(hostId, clock.now())) contacts.forget(hostId);
      else contacts.disagree(hostId);
    } catch (problem) {
      log.warn({ hostId, problem }, 'A silent host could not be put down; it is tried again');
    }
  }
}

/**
 * Looks for silent hosts, unless this process itself was: a stopped process, or a machine that slept, hears the
 * heartbeats of its absence only after it looks.
 */
export function makeSilenceCheck(deps: Silence & { isConnected: () => boolean }, everyMs: number): () => Promise<void> {
  let lookedAt = deps.clock.now();
  return async () => {
    const wasAway = deps.clock.now() - lookedAt > AWAY_AFTER * everyMs;
    if (wasAway) deps.contacts.excuseAll(deps.clock.now());
    if (deps.isConnected()) await putSilentHostsDown(deps);
    lookedAt = deps.clock.now();
  };
}

async function putDown({ hosts, contacts, clock, newId }: Silence, hostId: string): Promise<void> {
  const at = isoNow(clock);
  const id = newId();
  const actor = { kind: 'service' as const, name: 'inventory' };
  const message = { id, name: 'inventory.host-silent', correlationId: id, actor, sentAt: at };
  await reactAndPut(hosts, hostId, { ...message, payload: {}, redelivered: false }, (host) => {
    const isSilent = contacts.isSilent(hostId, clock.now());
    const ledger = host && isSilent ? decideConnection(host.body, { status: 'down', at }) : undefined;
    return ledger
      ? { ok: true, body: ledger, reply: null, facts: [hostChanged(hostId, 'status')] }
      : { ok: true, body: 'unchanged', reply: null };
  });
}

/** Tells every host what it has not settled: the process that should have told it may have died. */
export async function tellUnsettled(deps: { hosts: Deciding<Ledger>; tellHosts: TellHosts; log: Log }): Promise<void> {
  await eachHost(deps.hosts.documents, { key: 'open', value: 'yes' }, async (id, ledger) => {
    try {
      await deps.tellHosts.wanted(id, ledger);
    } catch (problem) {
      deps.log.warn({ hostId: id, problem }, 'A host could not be told what is wanted; it is told again');
    }
  });
}

/** Takes every host the ledgers call up as heard now: a process that starts turns nobody down that is not. */
export async function takeHostsAsHeard(
  deps: { hosts: Deciding<Ledger>; contacts: Contacts; clock: Clock },
  { everyMs }: { everyMs: number },
): Promise<void> {
  await eachHost(deps.hosts.documents, { key: 'status', value: 'up' }, async (id) => {
    if (!deps.contacts.lastSeen(id)) deps.contacts.heard(id, { lastSeen: deps.clock.now(), everyMs });
  });
}
