import { randomUUID } from 'node:crypto';
import { ROUTES } from '@vfleet/contracts/rest';
import type { LiveEvent } from '@vfleet/contracts/rest/live-events';
import type { AskRoute, LocalRoute, Representation, Route } from '@vfleet/contracts/rest/route';
import type { z } from 'zod';
import { ApiUnreachable } from './api-problem.ts';
import { type Connection, type ConnectionOptions, connectionTo, type Received, type Sent } from './connection.ts';
import { followEvents } from './follow-events.ts';
import { type InputOf, targetOf } from './request.ts';

/** A longer wait is asked for in pieces: proxies and Node's own fetch give up on a longer silence. */
const LONGEST_WAIT_SECONDS = 240;

export type CallOptions = {
  /** How long a change is waited for; the API decides when it is absent. */
  waitSeconds?: number | undefined;
  /** The ETag that the resource must still have. */
  ifMatch?: string | undefined;
  /** Names the change; one is made when it is absent. */
  idempotencyKey?: string | undefined;
  signal?: AbortSignal | undefined;
};

/** `status` 202 says that the change is saved and not yet settled. */
export type Answer<Resource> = { status: number; resource: Resource; etag: string | undefined };

/** How what was begun stands: done, with what came out of it, or still going on (202), with what goes on. */
export type BegunAnswer<Resource, Open> = { done: true; resource: Resource } | { done: false; open: Open };

type Rows = typeof ROUTES;
type ResourceRow = AskRoute | LocalRoute<Representation>;
type CallName = { [Name in keyof Rows]: Rows[Name] extends ResourceRow ? Name : never }[keyof Rows];
type ResourceOf<Name extends keyof Rows> = z.output<Rows[Name]['answer']['schema']>;
type OpenSchemaOf<Row> = Row extends AskRoute<infer _P, infer _Q, infer _B, infer _A, infer Open> ? Open : z.ZodNever;
/** A 202 of most routes shows the resource itself, as it stands then. */
type AnswerOf<Name extends keyof Rows> =
  OpenSchemaOf<Rows[Name]> extends z.ZodNever
    ? Answer<ResourceOf<Name>>
    : BegunAnswer<ResourceOf<Name>, z.output<OpenSchemaOf<Rows[Name]>>>;

/** A method for every route that answers with a resource, named and typed as its row of the route table. */
export type Client = {
  [Name in CallName]: (input: InputOf<Rows[Name]>, options?: CallOptions) => Promise<AnswerOf<Name>>;
} & {
  /** Whether the API can do its work now. */
  getReadiness(): Promise<ResourceOf<'getReadiness'>>;
  /** Every change from now on, or from `lastEventId` on; it comes back by itself when the line breaks. */
  followEvents(options?: {
    lastEventId?: string | undefined;
    signal?: AbortSignal | undefined;
  }): AsyncGenerator<LiveEvent>;
};

/** Makes a client of one API. Its calls throw ApiProblem when they are refused and ApiUnreachable without an answer. */
export function createClient(options: ConnectionOptions): Client {
  const connection = connectionTo(options);
  const calls = Object.entries<Route>(ROUTES).flatMap(([name, route]) =>
    isResourceRow(route) ? [[name, callOf(connection, route)]] : [],
  );
  return {
    ...(Object.fromEntries(calls) as Pick<Client, CallName>),
    async getReadiness() {
      const { method, path, answer } = ROUTES.getReadiness;
      return read(await connection.send({ method, target: path, headers: {}, alsoAnswers: 503 }), answer.schema);
    },
    followEvents: (from = {}) => followEvents(connection, from),
  };
}

function isResourceRow(route: Route): route is ResourceRow {
  return route.kind === 'ask' || route.answer.kind !== 'media';
}

function callOf(connection: Connection, route: ResourceRow) {
  return async (
    input: Readonly<Record<string, unknown>>,
    options: CallOptions = {},
  ): Promise<Answer<unknown> | BegunAnswer<unknown, unknown>> => {
    const request = requestOf(route, input, options);
    let left = options.waitSeconds;
    for (;;) {
      const wait = left === undefined ? undefined : Math.min(left, LONGEST_WAIT_SECONDS);
      const prefer: Record<string, string> = wait === undefined ? {} : { prefer: `wait=${wait}` };
      const received = await connection.send({ ...request, headers: { ...request.headers, ...prefer } });
      left = left === undefined || wait === undefined ? undefined : left - wait;
      if (received.status === 202 && left) continue;
      const open = route.kind === 'ask' ? route.whileOpen : undefined;
      if (open && received.status === 202) return { done: false, open: read(received, open.schema) };
      const resource = route.answer.kind === 'nothing' ? undefined : read(received, route.answer.schema);
      if (open) return { done: true, resource };
      return { status: received.status, resource, etag: received.headers.get('etag') ?? undefined };
    }
  };
}

/** All pieces of a wait are one change: they have one Idempotency-Key. */
function requestOf(route: ResourceRow, input: Readonly<Record<string, unknown>>, options: CallOptions): Sent {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (route.method !== 'GET') headers['idempotency-key'] = options.idempotencyKey ?? randomUUID();
  if (options.ifMatch !== undefined) headers['if-match'] = options.ifMatch;
  const takesBody = route.kind === 'ask' && route.takesBody;
  if (takesBody) headers['content-type'] = 'application/json';
  const body = takesBody ? JSON.stringify(input.body) : undefined;
  return { method: route.method, target: targetOf(route, input), headers, body, signal: options.signal };
}

function read<Schema extends z.ZodType>({ text }: Received, schema: Schema): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (problem) {
    throw new ApiUnreachable('the API answers what this client does not understand; are both of one version?', {
      cause: problem,
    });
  }
}
