import { type Deciding, reactAndPut } from '@vfleet/documents/decide-and-put';
import { type Clock, isoNow } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { Contacts } from './contacts.ts';
import { decideConnection } from './core/decide-connection.ts';
import type { Ledger } from './core/ledger.ts';
import { hostChanged } from './host-fact.ts';
import type { TellHosts } from './tell-hosts.ts';

const PAGE = 500;

/** Does `work` every `everyMs` until `signal` aborts. A failure is logged and tried again with the next round. */
export async function every(
  { clock, log }: { clock: Clock; log: Log },
  { everyMs, what, signal }: { everyMs: number; what: string; signal: AbortSignal },
  work: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await clock.sleep(everyMs, signal);
      await work();
    } catch (problem) {
      if (!signal.aborted) log.error({ problem }, `${what} failed; it is tried again`);
    }
  }
}

/** Puts down, in their ledgers, the hosts whose heartbeats have stopped. */
export async function putSilentHostsDown(deps: {
  hosts: Deciding<Ledger>;
  contacts: Contacts;
  clock: Clock;
  newId: () => string;
}): Promise<void> {
  const at = isoNow(deps.clock);
  for (const hostId of deps.contacts.takeSilent(deps.clock.now())) {
    const id = deps.newId();
    const message = {
      id,
      name: 'inventory.host-silent',
      correlationId: id,
      actor: { kind: 'service' as const, name: 'inventory' },
      sentAt: at,
    };
    await reactAndPut(deps.hosts, hostId, { ...message, payload: {}, redelivered: false }, (host) => {
      const ledger = host && decideConnection(host.body, { status: 'down', at });
      return ledger
        ? { ok: true, body: ledger, reply: null, facts: [hostChanged(hostId, 'status')] }
        : { ok: true, body: 'unchanged', reply: null };
    });
  }
}

/** Tells every host what it has not settled: the process that should have told it may have died. */
export async function tellUnsettled({
  hosts,
  tellHosts,
}: {
  hosts: Deciding<Ledger>;
  tellHosts: TellHosts;
}): Promise<void> {
  await eachHost(hosts, { key: 'open', value: 'yes' }, (id, ledger) => tellHosts.wanted(id, ledger));
}

/** Takes every host the ledgers call up as heard now: a process that starts turns nobody down that is not. */
export async function takeHostsAsHeard(
  deps: { hosts: Deciding<Ledger>; contacts: Contacts; clock: Clock },
  { everyMs }: { everyMs: number },
): Promise<void> {
  await eachHost(deps.hosts, { key: 'status', value: 'up' }, async (id) => {
    if (!deps.contacts.lastSeen(id)) deps.contacts.heard(id, { lastSeen: deps.clock.now(), everyMs });
  });
}

async function eachHost(
  { documents }: Deciding<Ledger>,
  { key, value }: { key: string; value: string },
  work: (id: string, ledger: Ledger) => Promise<void>,
): Promise<void> {
  let after: string | undefined;
  do {
    const page = await documents.find(key, value, { limit: PAGE, after });
    for (const { id, body } of page) await work(id, body);
    after = page.length === PAGE ? page.at(-1)?.id : undefined;
  } while (after !== undefined);
}
