import type { Command, Event, HostMessage, Verdict } from '@vfleet/contracts/define';
import type { Message, MessageContext } from '@vfleet/contracts/envelope';

/**
 * Answers a command or query. A refusal is a value; anything thrown is a fault, retried with delay, then dead-lettered (a
 * query is dropped: whoever asked it has long given up).
 */
export type Answer<C> =
  C extends Command<infer Request, infer Reply> ? (message: Message<Request>) => Promise<Verdict<Reply>> : never;

/** Takes note of an event or host message. Anything thrown is a fault, as above. */
export type Reaction<E> =
  E extends Event<infer Payload>
    ? (message: Message<Payload>) => Promise<void>
    : E extends HostMessage<infer Payload>
      ? (message: Message<Payload>) => Promise<void>
      : never;

/** A contract and the handler that serves it; the payload type is checked where the binding is made, and erased after. */
export type Binding =
  | { kind: 'command'; contract: Command; handle: (message: Message<unknown>) => Promise<Verdict<unknown>> }
  | { kind: 'event'; contract: Event; handle: (message: Message<unknown>) => Promise<void> }
  | { kind: 'host-message'; contract: HostMessage; handle: (message: Message<unknown>) => Promise<void> };

/** Binds a handler to the command or query it answers. */
export function answers<Request, Reply>(
  contract: Command<Request, Reply>,
  handle: (message: Message<Request>) => Promise<Verdict<Reply>>,
): Binding {
  return { kind: 'command', contract: contract as Command, handle: handle as never };
}

/** Binds a handler to the event it reacts to. */
export function reactsTo<Payload>(
  contract: Event<Payload>,
  handle: (message: Message<Payload>) => Promise<void>,
): Binding {
  return { kind: 'event', contract: contract as Event, handle: handle as never };
}

/** Binds an agent's handler to the host message it obeys. */
export function obeys<Payload>(
  contract: HostMessage<Payload>,
  handle: (message: Message<Payload>) => Promise<void>,
): Binding {
  return { kind: 'host-message', contract: contract as HostMessage, handle: handle as never };
}

/** No answer within the deadline: the outcome of the command is unknown, repeating it with the same id is safe. */
export class AskTimeout extends Error {
  readonly messageId: string;
  constructor(contract: string, messageId: string) {
    super(`${contract}: no answer in time (message ${messageId})`);
    this.name = 'AskTimeout';
    this.messageId = messageId;
  }
}

/** The bus cannot take a message now: nothing was sent, or it is unknown whether it was. */
export class BusUnavailable extends Error {
  override readonly name = 'BusUnavailable';
}

export type Subscription = { close(): Promise<void> };

/** A message that was given up: could not be read, or failed until its patience ended. */
export type DeadLetter = {
  id: string;
  queue: string;
  name: string;
  reason: 'unreadable' | 'failed' | 'delivery-limit';
  problem: string;
  at: string;
  /** The key it was sent under, which it is held to again when it is put back; null when that is not known. */
  key: string | null;
  body: string;
};

/**
 * What services say and hear. Delivery is at least once, in no promised order. Each subscription of a process handles
 * one message of a key at a time, commands and events of an entity together; queries decide nothing and run side by
 * side, and an agent's messages are kept apart by name. Memory and AMQP adapters pass one conformance suite.
 */
export type Bus = {
  /**
   * Sends a command or query to its owner and waits for the verdict.
   * Throws AskTimeout when `timeoutMs` ends or `signal` aborts, BusUnavailable when it cannot be sent, has no owner, or
   * its owner cannot read it.
   * The request is validated before it leaves; an invalid one throws.
   */
  ask<Request, Reply>(
    contract: Command<Request, Reply>,
    request: Request,
    context: MessageContext,
    limits: { timeoutMs: number; signal?: AbortSignal },
  ): Promise<Verdict<Reply>>;

  /** Publishes a fact; resolves when the broker has confirmed it. A transient one resolves when it was handed over. */
  publish<Payload>(contract: Event<Payload>, payload: Payload, context: MessageContext): Promise<void>;

  /** Speaks to the agent of one host. `no-agent` means the message was returned: nobody listens, nothing is kept. */
  tell<Payload>(
    contract: HostMessage<Payload>,
    hostId: string,
    payload: Payload,
    context: MessageContext,
  ): Promise<'delivered' | 'no-agent'>;

  /** Serves a service's durable queue: all its commands and queries, and the events it consumes. Replicas compete. */
  serve(service: string, bindings: readonly Binding[]): Promise<Subscription>;

  /**
   * Follows events through an exclusive queue of this process. Nothing is kept while it is away: `onSubscribed` is
   * called after every (re)subscription, and the follower reads its snapshot again there. What it cannot read, or fails
   * on until patience ends, is logged and dropped.
   */
  follow(bindings: readonly Binding[], onSubscribed?: () => void): Promise<Subscription>;

  /**
   * Listens as the agent of a host on an exclusive queue; of two agents with one host id each gets every message.
   * `unreadable` gets what does not parse, `lost` and `subscribed` tell of every break in listening.
   */
  attach(
    hostId: string,
    bindings: readonly Binding[],
    on?: { subscribed?: () => void; lost?: () => void; unreadable?: (message: string, problem: string) => void },
  ): Promise<Subscription>;

  /** Dead letters of a service's queue, oldest first. */
  deadLetters(service: string, limit: number): Promise<DeadLetter[]>;
  /** Puts dead letters back on their queue; answers how many. Each is published with a confirm before it is taken off. */
  replayDeadLetters(service: string, ids: readonly string[]): Promise<number>;

  /** True while messages can be sent and consumers are in place. */
  connected(): boolean;
  /** Stops taking messages, lets running handlers finish (bounded), closes. */
  close(): Promise<void>;
};
