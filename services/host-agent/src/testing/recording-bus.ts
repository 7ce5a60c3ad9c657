import { type Binding, type Bus, BusUnavailable } from '@vfleet/bus/bus';
import type { Event, HostMessage } from '@vfleet/contracts/define';
import type { MessageContext } from '@vfleet/contracts/envelope';

type Said = { name: string; payload: unknown; context: MessageContext };
type Heard = Parameters<Bus['attach']>[2];

/** A broker with one agent at it, whose connection a test can cut: what is said is kept, in the order it was confirmed. */
export type RecordingBus = Bus & {
  said: Said[];
  /** Everything said under one contract, as its payload. */
  saidOf<Payload>(event: Event<Payload>): Payload[];
  /** Speaks to the agent; nothing happens when it is not connected. A handler that fails is an unhandled rejection. */
  obey<Payload>(message: HostMessage<Payload>, payload: Payload, correlationId?: string): void;
  /** Delivers what cannot be read. */
  babble(message: string, problem: string): void;
  cut(): void;
  mend(): void;
  /** The next messages are delivered, but the connection is cut before their confirm. */
  loseConfirms(): void;
};

export function recordingBus(): RecordingBus {
  const said: Said[] = [];
  let isConnected = true;
  let losesConfirms = false;
  let agent: { bindings: readonly Binding[]; heard: Heard } | null = null;
  let messages = 0;

  function cut(): void {
    if (!isConnected) return;
    isConnected = false;
    agent?.heard?.lost?.();
  }
  const unused = (): never => {
    throw new Error('an agent does not do this');
  };

  return {
    said,
    cut,
    saidOf: <Payload>(event: Event<Payload>) =>
      said.filter(({ name }) => name === event.name).map(({ payload }) => payload as Payload),
    mend: () => {
      if (isConnected) return;
      isConnected = true;
      agent?.heard?.subscribed?.();
    },
    loseConfirms: () => {
      losesConfirms = true;
    },
    babble: (message, problem) => agent?.heard?.unreadable?.(message, problem),
    obey: (contract, payload, correlationId = 'c-0') => {
      const binding = agent?.bindings.find((each) => each.contract.name === contract.name);
      if (!isConnected || !binding) return;
      const id = `m-${++messages}`;
      const actor = { kind: 'service' as const, name: 'inventory' };
      const sentAt = new Date(0).toISOString();
      const parsed = contract.payload.parse(JSON.parse(JSON.stringify(payload)));
      void binding.handle({ id, correlationId, actor, sentAt, payload: parsed, redelivered: false });
    },
    publish: async (contract, payload, context) => {
      if (!isConnected) throw new BusUnavailable('cut');
      const parsed = contract.payload.parse(JSON.parse(JSON.stringify(payload)));
      said.push({ name: contract.name, payload: parsed, context });
      if (losesConfirms) {
        losesConfirms = false;
        cut();
        throw new BusUnavailable('cut before the confirm');
      }
    },
    attach: async (_hostId, bindings, heard) => {
      agent = { bindings, heard };
      if (isConnected) heard?.subscribed?.();
      return {
        close: async () => {
          agent = null;
        },
      };
    },
    connected: () => isConnected,
    close: async () => {},
    ask: unused,
    tell: unused,
    serve: unused,
    follow: unused,
    deadLetters: unused,
    replayDeadLetters: unused,
  };
}
