import type { Bus } from '@vfleet/bus/bus';
import type { Command, HostMessage, Verdict } from '@vfleet/contracts/define';
import type { MessageContext } from '@vfleet/contracts/envelope';
import { type Clock, isoNow } from '@vfleet/process/clock';
import type { Placement } from './core/placement.ts';

/** What a message continues: what somebody asked for, or nothing when the scheduler acts by itself. */
export type Cause = Pick<MessageContext, 'correlationId' | 'actor'> & { traceparent?: string | undefined };

/** What the scheduler says to other services and to hosts. */
export type Asks = {
  /** Throws when there is no answer in time: the outcome is unknown then, and asking again is safe. */
  ask<Request, Reply>(contract: Command<Request, Reply>, request: Request, cause: Cause): Promise<Verdict<Reply>>;
  tell<Payload>(
    contract: HostMessage<Payload>,
    hostId: string,
    payload: Payload,
    cause: Cause,
  ): Promise<'delivered' | 'no-agent'>;
};

export function makeAsks(
  { bus, clock, newId }: { bus: Pick<Bus, 'ask' | 'tell'>; clock: Clock; newId: () => string },
  { askMs }: { askMs: number },
): Asks {
  const contextOf = (cause: Cause): MessageContext => ({ ...cause, id: newId(), sentAt: isoNow(clock) });
  return {
    ask: (contract, request, cause) => bus.ask(contract, request, contextOf(cause), { timeoutMs: askMs }),
    tell: (contract, hostId, payload, cause) => bus.tell(contract, hostId, payload, contextOf(cause)),
  };
}

/** Whose doing it is: that of the open operation, or the scheduler's own. */
export function causeOf({ operation, placementId }: Pick<Placement, 'operation' | 'placementId'>): Cause {
  if (operation) return { correlationId: operation.correlationId, actor: operation.actor };
  return { correlationId: placementId, actor: { kind: 'service', name: 'scheduler' } };
}
