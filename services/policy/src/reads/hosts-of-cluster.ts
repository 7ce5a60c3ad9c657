import type { Bus } from '@vfleet/bus/bus';
import type { Message } from '@vfleet/contracts/envelope';
import { ListHosts } from '@vfleet/contracts/inventory';
import { type Clock, isoNow } from '@vfleet/process/clock';
import { USERS_READ } from '../core/users-in-words.ts';

/** How long inventory may take, in milliseconds. */
const PATIENCE_MS = 3000;

type Asks = { ask: Bus['ask']; clock: Clock; newId: () => string };

/** The names of hosts in a cluster, as inventory knows them, as many as are told. Throws when it does not answer. */
export async function hostsOfCluster(
  { ask, clock, newId }: Asks,
  clusterId: string,
  { correlationId, actor, traceparent }: Message<unknown>,
): Promise<string[]> {
  const context = { id: newId(), correlationId, actor, traceparent, sentAt: isoNow(clock) };
  const verdict = await ask(ListHosts, { clusterId, limit: USERS_READ }, context, { timeoutMs: PATIENCE_MS });
  if (!verdict.ok) throw new Error(verdict.refusals.map(({ code, detail }) => `${code}: ${detail}`).join('; '));
  return verdict.reply.items.map(({ name }) => name);
}
