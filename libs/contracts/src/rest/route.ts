import { z } from 'zod';
import type { Command } from '../define.ts';
import type { Alongside } from './alongside.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
export type Tag =
  | 'product'
  | 'hosts'
  | 'nics'
  | 'vfs configs'
  | 'clusters'
  | 'networks'
  | 'qos'
  | 'vnic profiles'
  | 'vms'
  | 'audit'
  | 'events'
  | 'operation';

/** What a request says, once it was read and found sound. */
export type RouteInput<Params, Query, Body> = {
  params: Params;
  query: Query;
  body: Body;
  /** The id of an entity the request makes, when its caller chose none: the same one for a request sent again. */
  newEntityId: string;
  /** The version `If-Match` names. */
  ifVersion: number | undefined;
};

/** What a route answers with: `name` is the schema's in OpenAPI, `root` the root element in XML, `item` one of a list. */
export type Representation<Schema extends z.ZodType = z.ZodType> =
  | { kind: 'resource'; name: string; root: string; schema: Schema }
  | { kind: 'page'; name: string; root: string; item: string; schema: Schema }
  | { kind: 'nothing'; schema: Schema };

/** A body that is no spelling of the answer: the name of its schema, its root element in XML, and whether it may be absent. */
export type BodyForm = { name: string; root: string; optional: boolean };

/** A reply as REST shows it; `version` becomes the ETag. */
export type RouteAnswer<Resource> = { resource: Resource; version?: number | undefined };

type Described = { method: Method; path: `/${string}`; tag: Tag; summary: string; description?: string };
type NoFields = z.ZodObject<Record<never, never>>;

/** A route that asks the service which owns the data. Made by `askRoute`, which checks the functions' types and erases them. */
export type AskRoute<
  Params extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodObject = z.ZodObject,
  Answer extends z.ZodType = z.ZodType,
  Open extends z.ZodType = z.ZodType,
> = Described & {
  kind: 'ask';
  params: Params;
  query: Query;
  /** The writable fields. Those of the answer that are not among them are read only. */
  body: Body;
  takesBody: boolean;
  /** Without it the body is as the answer, and takes the answer's read-only fields too, so that it can be put back. */
  bodyAs: BodyForm | undefined;
  contract: Command;
  toRequest: (input: RouteInput<unknown, unknown, unknown>) => unknown;
  toAnswer: (reply: unknown) => RouteAnswer<unknown>;
  /** What another service knows of what is shown. */
  alongside: Alongside | undefined;
  answer: Representation<Answer>;
  status: 200 | 201 | 204;
  /** The path of the resource that was made. */
  locationOf: ((resource: unknown, params: unknown) => string) | undefined;
  /** Whether `If-Match` is honoured. */
  ifMatch: boolean;
  /**
   * What the answer waits for; such a route may answer 202. The reply to a command that begins an operation is that
   * operation: the answer is the VM when it is done.
   */
  waitsFor: 'generation' | 'operation' | undefined;
  /** What a 202 shows, where that is not the answer itself. */
  whileOpen: Representation<Open> | undefined;
  /** A POST that only reads: it tells what would be, and changes nothing. */
  dryRun: boolean;
};

/** A resource is given in JSON and XML; anything else in the media type named. */
type LocalAnswer = Representation | { kind: 'media'; mediaType: string; schema: z.ZodType };

/** A route that a gateway answers by itself, without asking another service. */
export type LocalRoute<
  Answer extends LocalAnswer = LocalAnswer,
  Query extends z.ZodObject = z.ZodObject,
> = Described & {
  kind: 'local';
  login: boolean;
  query: Query;
  answer: Answer;
  /** Other statuses with the same answer, and what they mean. */
  alsoAnswers?: Readonly<Record<number, string>>;
};

export type Route = AskRoute | LocalRoute;

/**
 * Declares a route that maps a request to a command or query. Throws at definition time when path and parameters
 * differ, when a GET or a dry run changes something, or when a GET has a body.
 */
export function askRoute<
  Params extends z.ZodObject,
  Answer extends z.ZodType,
  Request,
  Reply,
  Query extends z.ZodObject = NoFields,
  Body extends z.ZodObject = NoFields,
>(row: {
  method: Method;
  path: `/${string}`;
  tag: Tag;
  summary: string;
  description?: string;
  params: Params;
  query?: Query;
  body?: Body;
  bodyAs?: BodyForm;
  contract: Command<Request, Reply>;
  toRequest: (input: RouteInput<z.output<Params>, z.output<Query>, z.output<Body>>) => Request;
  toAnswer: (reply: Reply) => RouteAnswer<z.output<Answer>>;
  alongside?: Alongside;
  answer: Representation<Answer>;
  locationOf?: (resource: z.output<Answer>, params: z.output<Params>) => string;
  ifMatch?: true;
  waitsFor?: 'generation' | 'operation';
  dryRun?: true;
}): AskRoute<Params, Query, Body, Answer, z.ZodNever> {
  const where = `${row.method} ${row.path}`;
  const named = [...row.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  if (named.sort().join() !== Object.keys(row.params.shape).sort().join())
    throw new Error(`${where}: path and parameters differ`);
  if (row.method === 'GET' && (row.body || row.contract.kind === 'command'))
    throw new Error(`${where}: a GET only reads`);
  if (row.dryRun && (row.method !== 'POST' || row.contract.kind === 'command'))
    throw new Error(`${where}: a dry run is a POST that only reads`);
  if (row.method !== 'GET' && row.contract.kind === 'query' && !row.dryRun)
    throw new Error(`${where}: a query is a GET or a dry run`);
  if (row.contract.kind === 'command' && row.alongside?.subjects.from === 'answer')
    throw new Error(`${where}: what is shown alongside a change is asked for before it is made`);
  return {
    ...row,
    kind: 'ask',
    query: row.query ?? (z.object({}) as unknown as Query),
    body: row.body ?? (z.object({}) as unknown as Body),
    takesBody: row.body !== undefined,
    bodyAs: row.bodyAs,
    contract: row.contract as Command,
    toRequest: row.toRequest as AskRoute['toRequest'],
    toAnswer: row.toAnswer as AskRoute['toAnswer'],
    alongside: row.alongside,
    status: row.answer.kind === 'nothing' ? 204 : row.locationOf ? 201 : 200,
    locationOf: row.locationOf as AskRoute['locationOf'],
    ifMatch: row.ifMatch ?? false,
    waitsFor: row.waitsFor,
    whileOpen: undefined,
    dryRun: row.dryRun ?? false,
  };
}

/** Declares a route that a gateway answers by itself. */
export function localRoute<Answer extends LocalAnswer, Query extends z.ZodObject = NoFields>(
  row: Omit<LocalRoute<Answer>, 'kind' | 'query'> & { query?: Query },
): LocalRoute<Answer, Query> {
  return { ...row, kind: 'local', query: row.query ?? (z.object({}) as unknown as Query) };
}

/** The representation of a resource. */
export function resource<Schema extends z.ZodType>(name: string, root: string, schema: Schema): Representation<Schema> {
  return { kind: 'resource', name, root, schema };
}

/** The answer of a route that has none to give: 204. */
export const nothing: Representation<z.ZodUndefined> = { kind: 'nothing', schema: z.undefined() };
