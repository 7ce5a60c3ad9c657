import type { Bus } from '@vfleet/bus/bus';
import type { Event } from '@vfleet/contracts/define';
import type { MessageContext } from '@vfleet/contracts/envelope';
import type { ChangeProgressed } from '@vfleet/contracts/host-agent';
import { type Clock, isoNow } from '@vfleet/process/clock';
import type { z } from 'zod';

/** Where a message of this agent comes from: consumers keep the highest (boot, sequence). */
export type Origin = Pick<z.infer<typeof ChangeProgressed.payload>, 'hostId' | 'boot' | 'sequence'>;

/** What brought a message about, for its correlation id and trace. */
export type Cause = Pick<MessageContext, 'correlationId' | 'traceparent'>;

/** How an agent speaks: events of its own host, each with its origin and as the agent's. */
export type Voice = {
  hostId: string;
  /** The origin of the newest report or progress; heartbeats carry it. */
  origin(): Origin;
  /** Publishes what `payload` makes of a new, higher origin. */
  say<Payload>(event: Event<Payload>, payload: (origin: Origin) => Payload, cause?: Cause): Promise<void>;
  /**
   * A new, higher origin for what is about to be looked at: taken before the look, so that of two reports the higher is
   * never the older look.
   */
  raise(): Origin;
  /** Publishes without raising the sequence. */
  mention<Payload>(event: Event<Payload>, payload: Payload, cause?: Cause): Promise<void>;
};

export function voice({
  bus,
  hostId,
  boot,
  clock,
  newId,
}: {
  bus: Pick<Bus, 'publish'>;
  hostId: string;
  boot: number;
  clock: Clock;
  newId: () => string;
}): Voice {
  let sequence = 0;
  const origin = (): Origin => ({ hostId, boot, sequence });
  const raise = (): Origin => {
    sequence++;
    return origin();
  };
  const context = (cause?: Cause): MessageContext => ({
    id: newId(),
    correlationId: cause?.correlationId ?? newId(),
    ...(cause?.traceparent === undefined ? {} : { traceparent: cause.traceparent }),
    actor: { kind: 'agent', name: hostId },
    sentAt: isoNow(clock),
  });

  return {
    hostId,
    origin,
    raise,
    say: (event, payload, cause) => bus.publish(event, payload(raise()), context(cause)),
    mention: (event, payload, cause) => bus.publish(event, payload, context(cause)),
  };
}
