import type { GetMessage } from 'amqplib';
import { z } from 'zod';

type Marked = { fields: Pick<GetMessage['fields'], 'exchange' | 'routingKey'>; properties: { headers?: unknown } };

/** Sends to the queue of that name; services alone have a right on it. */
const DEFAULT_EXCHANGE = '';

/** How a message says what it was sent under, when a service puts it away or back. */
const Kept = z.object({ key: z.string() });
/** What the broker writes on one that it gave up itself; the newest is the first. */
const Died = z.object({ 'x-death': z.unknown().refine((death) => death !== undefined) });
const Death = z.object({
  'x-death': z.tuple([z.object({ exchange: z.string(), 'routing-keys': z.array(z.string()) })], z.unknown()),
});

/**
 * The key a message of a service's queue was first sent under; null when that is not known. A header counts only where
 * services alone can have set it: an agent writes headers too, but not to the default exchange.
 */
export function sentUnder({ fields: { exchange, routingKey }, properties: { headers } }: Marked): string | null {
  return exchange === DEFAULT_EXCHANGE ? keptKey(headers) : routingKey;
}

/**
 * The same of a dead letter. Of what a process gave up a header tells it. Of what the broker gave up the broker does, but
 * RabbitMQ 3 believes what the sender wrote of earlier deaths: so it counts for what services sent alone, who are logged
 * in as `user`. What an agent said and the broker gave up cannot be put back.
 */
export function letterSentUnder(
  { properties: { headers, userId } }: { properties: { headers?: unknown; userId?: unknown } },
  user: string,
): string | null {
  if (!Died.safeParse(headers).success) return keptKey(headers);
  if (userId !== user) return null;
  const [death] = Death.safeParse(headers).data?.['x-death'] ?? [];
  if (!death || death.exchange === DEFAULT_EXCHANGE) return keptKey(headers);
  return death['routing-keys'][0] ?? null;
}

/** The headers of what a service puts away or back: they keep what it was sent under. */
export function kept(key: string | null): Record<string, string> {
  return key === null ? {} : { key };
}

function keptKey(headers: unknown): string | null {
  return Kept.safeParse(headers).data?.key ?? null;
}
