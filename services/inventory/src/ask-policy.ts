import type { Bus } from '@vfleet/bus/bus';
import type { Command } from '@vfleet/contracts/define';
import type { MessageContext } from '@vfleet/contracts/envelope';
import { type Clock, isoNow } from '@vfleet/process/clock';

/** Policy may take so long, in milliseconds: less than messages about the same host can wait behind a command. */
export const POLICY_PATIENCE_MS = 2000;

/** What a question to policy continues: the request of a caller. */
export type Cause = Pick<MessageContext, 'correlationId' | 'actor' | 'traceparent'>;

export type AsksPolicy = { bus: Pick<Bus, 'ask'>; clock: Clock; newId: () => string };

/**
 * Asks policy for what a reference names now. Undefined when there is no such thing, which is the only refusal of such
 * a query. Throws when policy does not answer in time.
 */
export async function askPolicy<Request, Reply>(
  { bus, clock, newId }: AsksPolicy,
  contract: Command<Request, Reply>,
  request: Request,
  { correlationId, actor, traceparent }: Cause,
): Promise<Reply | undefined> {
  const context = { id: newId(), correlationId, actor, traceparent, sentAt: isoNow(clock) };
  const verdict = await bus.ask(contract, request, context, { timeoutMs: POLICY_PATIENCE_MS });
  return verdict.ok ? verdict.reply : undefined;
}
