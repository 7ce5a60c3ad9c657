import type { Command } from '@vfleet/contracts/define';
import { type Actor, Envelope, type Message, type MessageContext } from '@vfleet/contracts/envelope';
import { REFUSALS, type RefusalCode } from '@vfleet/contracts/refusals';
import { commandKey } from '@vfleet/contracts/topology';
import { z } from 'zod';
import { type Binding, BusUnavailable } from './bus.ts';

type Named = { name: string; schemaVersion: number };

/** A message that was read: who handles it, and the lane its key puts it on (null: nothing is decided, so no lane). */
export type Read = { ok: true; binding: Binding; message: Omit<Message<unknown>, 'redelivered'>; lane: string | null };
export type Unreadable = { ok: false; name: string; problem: string };

const REFUSAL_CODES = Object.keys(REFUSALS) as [RefusalCode, ...RefusalCode[]];
const Refusals = z.array(z.object({ code: z.enum(REFUSAL_CODES), detail: z.string(), remedy: z.string() })).min(1);
const Verdict = z.union([
  z.object({ ok: z.literal(true), reply: z.unknown() }),
  z.object({ ok: z.literal(false), refusals: Refusals }),
]);
const Reply = z.union([Verdict, z.object({ unreadable: z.string() })]);
/** Names and problems go into headers and labels, which have an end. */
const LONGEST_NAME = 200;
/** How the names of agents' events begin; the keys of those are all that a broker grants an agent (broker-rights.ts). */
const OF_AGENTS = 'host-agent.';
const LONGEST_PROBLEM = 1_000;
/**
 * The longest message that is said or read; RabbitMQ 4 takes none longer unless told. The report of a host with 1,000
 * VFs is about a tenth of it. A broker that takes longer ones hands them to services, which are not to run out of memory.
 */
export const LONGEST_MESSAGE_BYTES = 16 * 1024 * 1024;

/** The text of a message as it crosses the bus. Throws when the payload breaks its contract, the context its envelope, or it is too long. */
export function writeMessage<Payload>(
  contract: Named,
  payload: { schema: z.ZodType<Payload>; value: Payload },
  context: MessageContext,
): string {
  const { id, correlationId, traceparent, actor, sentAt, version } = context;
  const { name, schemaVersion } = contract;
  const value = valid(`${name}: the payload breaks its contract`, payload.schema, payload.value);
  const envelope = { id, name, correlationId, traceparent, actor, schemaVersion, sentAt, version, payload: value };
  const text = JSON.stringify(valid(`${name}: bad context`, Envelope, envelope));
  const bytes = Buffer.byteLength(text);
  if (bytes > LONGEST_MESSAGE_BYTES) throw new Error(`${name}: ${tooLong(bytes)}`);
  return text;
}

/** What is wrong with a message of that many bytes. */
export function tooLong(bytes: number): string {
  return `${bytes} bytes are longer than a message may be (${LONGEST_MESSAGE_BYTES})`;
}

/**
 * Reads a message for the handlers there are. Unreadable is: no JSON, no envelope, a name nobody handles, a schema
 * version newer than the one known here, a payload that breaks the contract, and one that `key` does not belong to: the
 * broker grants an agent the keys of its own host, so what it says is believed of that host alone, and in no other name.
 * `key` is null when it is not known: such a message may be anybody's, and is not believed.
 */
export function readMessage(
  body: string,
  handlers: ReadonlyMap<string, Binding>,
  key: string | null,
): Read | Unreadable {
  const json = parseJson(body);
  if (!json.ok) return { ok: false, name: '', problem: json.problem };
  const envelope = Envelope.safeParse(json.value);
  if (!envelope.success) return { ok: false, name: nameIn(json.value), problem: problemOf(envelope.error) };
  const { name: whole, schemaVersion, payload, ...context } = envelope.data;
  const name = whole.slice(0, LONGEST_NAME);
  const binding = handlers.get(name);
  if (!binding) return { ok: false, name, problem: `no handler for ${name}` };
  const known = binding.contract.schemaVersion;
  if (schemaVersion > known) {
    return { ok: false, name, problem: `schema version ${schemaVersion}, but only ${known} is known here` };
  }
  const parsed = schemaOf(binding).safeParse(payload);
  if (!parsed.success) return { ok: false, name, problem: problemOf(parsed.error) };
  const problem = keyProblem(binding, parsed.data, context.actor, key);
  if (problem) return { ok: false, name, problem };
  return { ok: true, binding, message: { ...context, name, payload: parsed.data }, lane: laneOf(binding, parsed.data) };
}

/** The text of an answer. Throws when the reply breaks its contract or a refusal is unknown: a fault of the handler. */
export function writeReply(contract: Command, verdict: unknown): string {
  const answer = valid(`${contract.name}: the handler gave no verdict`, Verdict, verdict);
  if (!answer.ok) return JSON.stringify(answer);
  const reply = valid(`${contract.name}: the reply breaks its contract`, contract.reply, answer.reply);
  return JSON.stringify({ ok: true, reply });
}

/** The answer to a request that could not be read, so that its sender need not wait for its deadline. */
export function writeUnreadable(problem: string): string {
  return JSON.stringify({ unreadable: problem });
}

/** Reads an answer. Throws BusUnavailable when the owner could not read the request, an error when the answer is bad. */
export function readReply<Request, ReplyPayload>(contract: Command<Request, ReplyPayload>, body: string) {
  const json = parseJson(body);
  if (!json.ok) throw new Error(`${contract.name}: ${json.problem}`);
  const answer = valid(`${contract.name}: the answer cannot be read`, Reply, json.value);
  if ('unreadable' in answer) {
    throw new BusUnavailable(`${contract.name}: ${contract.service} cannot read it: ${answer.unreadable}`);
  }
  if (!answer.ok) return answer;
  return {
    ok: true as const,
    reply: valid(`${contract.name}: the answer cannot be read`, contract.reply, answer.reply),
  };
}

/** Queries decide nothing and run side by side; an agent's messages are kept apart by what they ask for. */
function laneOf({ kind, contract }: Binding, payload: unknown): string | null {
  switch (kind) {
    case 'command':
      return contract.kind === 'query' ? null : contract.keyOf(payload);
    case 'event':
      return contract.laneOf(payload);
    case 'host-message':
      return contract.name;
  }
}

function keyProblem(
  { kind, contract }: Binding,
  payload: unknown,
  actor: Actor,
  key: string | null,
): string | undefined {
  if (kind === 'host-message') return undefined;
  if (key === null) return 'nothing tells under which key it was sent first';
  const entity = contract.keyOf(payload);
  const own = kind === 'command' ? commandKey(contract) : `${contract.name}.${entity}`;
  if (key !== own) return `it came under the key ${key.slice(0, LONGEST_NAME)} and is of the key ${own}`;
  const isAnothers = contract.name.startsWith(OF_AGENTS) && (actor.kind !== 'agent' || actor.name !== entity);
  return isAnothers ? `the agent of ${entity} speaks as ${actor.kind} ${actor.name}` : undefined;
}

function schemaOf(binding: Binding): z.ZodType<unknown> {
  return binding.kind === 'command' ? binding.contract.request : binding.contract.payload;
}

function valid<T>(what: string, schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Error(`${what}: ${problemOf(parsed.error)}`, { cause: parsed.error });
  return parsed.data;
}

function parseJson(body: string): { ok: true; value: unknown } | { ok: false; problem: string } {
  try {
    return { ok: true, value: JSON.parse(body) };
  } catch (error) {
    return { ok: false, problem: `no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function nameIn(value: unknown): string {
  const name = typeof value === 'object' && value !== null && 'name' in value ? value.name : '';
  return typeof name === 'string' ? name.slice(0, LONGEST_NAME) : '';
}

function problemOf(error: z.ZodError): string {
  return z.prettifyError(error).replaceAll('\n', ' ').slice(0, LONGEST_PROBLEM);
}
