import type { z } from 'zod';
import type { Refusal, RefusalCode } from './refusals.ts';

/** What a command or query is answered with: its reply, or every rule it breaks (never an empty list). */
export type Verdict<Reply> = { ok: true; reply: Reply } | { ok: false; refusals: Refusal[] };

export type ServiceName = 'inventory' | 'policy' | 'scheduler' | 'gateway';

/** A request that exactly one service owns. `query` changes nothing; `command` is carried out at most once per message id. */
export type Command<Request = unknown, Reply = unknown> = {
  kind: 'command' | 'query';
  name: string;
  service: ServiceName;
  schemaVersion: number;
  request: z.ZodType<Request>;
  reply: z.ZodType<Reply>;
  refusals: readonly RefusalCode[];
  /** Messages of one key are handled one at a time in a process: the id of the entity whose document decides. */
  keyOf(request: Request): string;
};

/** A fact, published by its owner under `<name>.<entity id>`. */
export type Event<Payload = unknown> = {
  kind: 'event';
  name: string;
  schemaVersion: number;
  payload: z.ZodType<Payload>;
  keyOf(payload: Payload): string;
  /** Messages of one lane are handled one at a time in a process: that of the key, unless another entity decides. */
  laneOf(payload: Payload): string;
  /** Services that consume it from their durable queue, each message by one replica. */
  consumers: readonly ServiceName[];
  /** Services whose every process follows it through an exclusive queue: read models, waiters. */
  followers: readonly ServiceName[];
  /** A transient event is not persisted by the broker and may be lost: only for what is soon said again. */
  transient: boolean;
};

/** A message to the agent of one host, under `host.<hostId>.<name>`; transient and mandatory. */
export type HostMessage<Payload = unknown> = {
  kind: 'host-message';
  name: string;
  schemaVersion: number;
  payload: z.ZodType<Payload>;
};

/**
 * Declares a command. The name is `<service>.<command>`; its owner is the service the name starts with.
 * Throws at definition time when the name or the refusals are malformed.
 */
export function command<Request, Reply>(
  name: `${ServiceName}.${string}`,
  definition: {
    request: z.ZodType<Request>;
    reply: z.ZodType<Reply>;
    refusals: readonly RefusalCode[];
    keyOf: (request: Request) => string;
    schemaVersion?: number;
  },
): Command<Request, Reply> & { kind: 'command' } {
  return { ...definition, kind: 'command', ...owned(name), schemaVersion: definition.schemaVersion ?? 1 };
}

/** Declares a query: as a command, but it changes nothing and its answer is never stored. */
export function query<Request, Reply>(
  name: `${ServiceName}.${string}`,
  definition: {
    request: z.ZodType<Request>;
    reply: z.ZodType<Reply>;
    refusals: readonly RefusalCode[];
    keyOf: (request: Request) => string;
    schemaVersion?: number;
  },
): Command<Request, Reply> & { kind: 'query' } {
  return { ...definition, kind: 'query', ...owned(name), schemaVersion: definition.schemaVersion ?? 1 };
}

/** Declares an event. Throws when nobody consumes or follows it: such a fact would be lost silently. */
export function event<Payload>(
  name: `${ServiceName | 'host-agent'}.${string}`,
  definition: {
    payload: z.ZodType<Payload>;
    keyOf: (payload: Payload) => string;
    laneOf?: (payload: Payload) => string;
    consumers?: readonly ServiceName[];
    followers?: readonly ServiceName[];
    transient?: boolean;
    schemaVersion?: number;
  },
): Event<Payload> {
  const { consumers = [], followers = [], transient = false, schemaVersion = 1, payload, keyOf } = definition;
  const { laneOf = keyOf } = definition;
  if (!/^[a-z-]+\.[a-z-]+$/.test(name)) throw new Error(`${name}: an event is named <service>.<event>`);
  if (consumers.length + followers.length === 0) throw new Error(`${name}: an event nobody consumes`);
  if (transient && consumers.length > 0) throw new Error(`${name}: a transient event cannot feed a durable queue`);
  return { kind: 'event', name, schemaVersion, payload, keyOf, laneOf, consumers, followers, transient };
}

/** Declares a message to a host's agent. */
export function hostMessage<Payload>(
  name: string,
  definition: { payload: z.ZodType<Payload>; schemaVersion?: number },
): HostMessage<Payload> {
  if (!/^[a-z-]+$/.test(name)) throw new Error(`${name}: a host message is named in lower case`);
  return { kind: 'host-message', name, payload: definition.payload, schemaVersion: definition.schemaVersion ?? 1 };
}

function owned(name: string): { name: string; service: ServiceName } {
  const match = /^(inventory|policy|scheduler|gateway)\.[a-z-]+$/.exec(name);
  if (!match) throw new Error(`${name}: a command is named <service>.<command>`);
  return { name, service: match[1] as ServiceName };
}
