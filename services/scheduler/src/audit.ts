import { DomainsRequested } from '@vfleet/contracts/host-agent-vms';
import { ResolveVnics } from '@vfleet/contracts/policy/runs';
import { type Deciding, reactAndPut } from '@vfleet/documents/decide-and-put';
import type { Stored } from '@vfleet/documents/documents';
import { type Clock, isoNow } from '@vfleet/process/clock';
import { type Asks, causeOf } from './asks.ts';
import type { Placement } from './core/placement.ts';

/** Placements of one look: at ten thousand VMs each is looked at every half hour. */
const PAGE = 100;

type Audit = { placements: Deciding<Placement>; asks: Asks; clock: Clock; newId: () => string };

/**
 * Looks at all placements, a page at a time, round and round: whether hosts still have what they are to have, for a
 * report may have been lost; and whether VMs that are down are still there.
 */
export function makeAudit(deps: Audit): () => Promise<void> {
  let after: string | undefined;
  return async () => {
    const page = await deps.placements.documents.list({ limit: PAGE, after });
    after = page.length === PAGE ? page.at(-1)?.id : undefined;
    const hosts = new Set(page.flatMap(({ body }) => body.at?.host.id ?? []));
    for (const hostId of hosts) {
      await deps.asks.tell(DomainsRequested, hostId, {}, { correlationId: deps.newId(), actor: SCHEDULER });
    }
    for (const stored of page) {
      if (stored.body.state !== 'down') continue;
      const found = await deps.asks.ask(ResolveVnics, { vm: stored.id }, causeOf(stored.body));
      if (!found.ok && found.refusals.some(({ code }) => code === 'VM_NOT_EXIST')) await forget(deps, stored);
    }
  };
}

/** The id of a VM is never given out again, so neither its attempts nor its operations are asked for any more. */
async function forget({ placements, clock, newId }: Audit, { id, body, version }: Stored<Placement>): Promise<void> {
  const message = { ...causeOf(body), id: newId(), sentAt: isoNow(clock), payload: {}, redelivered: false };
  await reactAndPut(placements, id, message, (stored) =>
    stored?.version === version && stored.body.state === 'down'
      ? { ok: true, body: 'remove', reply: null, facts: [] }
      : { ok: true, body: 'unchanged', reply: null },
  );
}

const SCHEDULER = { kind: 'service' as const, name: 'scheduler' };
