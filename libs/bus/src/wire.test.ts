import { event } from '@vfleet/contracts/define';
import type { Actor } from '@vfleet/contracts/envelope';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { answers, type Binding, BusUnavailable, obeys, reactsTo } from './bus.ts';
import { context, Double, Happened, Look, Poke, Rumoured } from './conformance/contracts.ts';
import { LONGEST_MESSAGE_BYTES, readMessage, readReply, writeMessage, writeReply, writeUnreadable } from './wire.ts';

const bindings: Binding[] = [
  answers(Double, async () => ({ ok: true, reply: { n: 0 } })),
  answers(Look, async () => ({ ok: true, reply: { n: 0 } })),
  reactsTo(Happened, async () => undefined),
  reactsTo(Rumoured, async () => undefined),
  obeys(Poke, async () => undefined),
];
const handlers = new Map(bindings.map((binding) => [binding.contract.name, binding]));

describe('a message', () => {
  it('comes out as it went in, whatever its context', () => {
    const text = fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' }).filter(({ length }) => length <= 200);
    const contexts = fc.record(
      {
        id: text,
        correlationId: text,
        traceparent: fc.string(),
        actor: fc.record({ kind: fc.constantFrom('user' as const, 'agent' as const, 'service' as const), name: text }),
        sentAt: fc
          .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
          .map((date) => date.toISOString()),
        version: fc.integer({ min: 1 }),
      },
      { requiredKeys: ['id', 'correlationId', 'actor', 'sentAt'] },
    );
    fc.assert(
      fc.property(contexts, fc.string(), fc.integer(), (given, id, n) => {
        const value = { id, n };
        const body = writeMessage(Happened, { schema: Happened.payload, value }, given);
        const read = readMessage(body, handlers, `inventory.happened.${id}`);
        expect(read).toMatchObject({ ok: true, message: { ...given, payload: value }, lane: id });
      }),
    );
  });

  it.each([
    [writeMessage(Double, { schema: Double.request, value: { id: 'a', n: 1 } }, context()), 'inventory.double', 'a'],
    [
      writeMessage(Happened, { schema: Happened.payload, value: { id: 'a', n: 1 } }, context()),
      'inventory.happened.a',
      'a',
    ],
    [writeMessage(Look, { schema: Look.request, value: { id: 'a', n: 1 } }, context()), Look.name, null],
    [writeMessage(Poke, { schema: Poke.payload, value: { n: 1 } }, context()), 'host.a.poke', 'poke'],
  ])('is on the lane of its key; queries on none, host messages on their name: %#', (body, key, lane) => {
    expect(readMessage(body, handlers, key)).toMatchObject({ lane });
  });

  const good = JSON.parse(writeMessage(Happened, { schema: Happened.payload, value: { id: 'a', n: 1 } }, context()));
  it.each([
    ['no JSON', '{"name":', '', /no JSON/],
    ['no object', '7', '', /expected object/],
    ['no envelope, but a name', JSON.stringify({ name: 'inventory.happened' }), 'inventory.happened', /at id/],
    ['an unknown name', JSON.stringify({ ...good, name: 'inventory.other' }), 'inventory.other', /no handler/],
    ['a newer schema', JSON.stringify({ ...good, schemaVersion: 2 }), 'inventory.happened', /schema version 2.*only 1/],
    ['a wrong payload', JSON.stringify({ ...good, payload: { id: 'a' } }), 'inventory.happened', /at n/],
    ['no payload', JSON.stringify({ ...good, payload: undefined }), 'inventory.happened', /payload/],
    ['a time that is none', JSON.stringify({ ...good, sentAt: 'today' }), 'inventory.happened', /at sentAt/],
    [
      'an endless name',
      JSON.stringify({ ...good, name: 'x'.repeat(10_000) }),
      'x'.repeat(200),
      /^no handler for x{200}$/,
    ],
  ])('is unreadable with %s', (_what, body, name, problem) => {
    expect(readMessage(body, handlers, null)).toEqual({ ok: false, name, problem: expect.stringMatching(problem) });
  });

  const written = {
    command: writeMessage(Double, { schema: Double.request, value: { id: 'a', n: 1 } }, context()),
    event: writeMessage(Happened, { schema: Happened.payload, value: { id: 'a', n: 1 } }, context()),
    rumour: rumour({ kind: 'agent', name: 'a' }),
    another: rumour({ kind: 'agent', name: 'b' }),
    user: rumour({ kind: 'user', name: 'a' }),
  };
  it.each([
    ['command', 'inventory.double', null],
    ['command', 'host-agent.rumoured.a', /came under the key host-agent.rumoured.a and is of the key inventory.double/],
    ['event', 'inventory.happened.a', null],
    ['event', 'inventory.happened.b', /of the key inventory.happened.a/],
    ['event', 'host-agent.rumoured.a', /of the key inventory.happened.a/],
    ['event', 'host-agent.rumoured.a\n', /of the key inventory.happened.a/],
    ['rumour', 'host-agent.rumoured.a', null],
    ['rumour', 'host-agent.rumoured.b', /of the key host-agent.rumoured.a/],
    ['another', 'host-agent.rumoured.a', /the agent of a speaks as agent b/],
    ['user', 'host-agent.rumoured.a', /the agent of a speaks as user a/],
    ['command', null, /nothing tells under which key/],
    ['event', null, /nothing tells under which key/],
    ['rumour', null, /nothing tells under which key/],
  ] as const)('is believed of what its key names alone: %s under %s', (what, key, problem) => {
    const read = readMessage(written[what], handlers, key);
    expect(read).toMatchObject(problem ? { ok: false, problem: expect.stringMatching(problem) } : { ok: true });
  });

  it('is not written when it is too long', () => {
    const value = { id: 'x'.repeat(LONGEST_MESSAGE_BYTES), n: 1 };
    expect(() => writeMessage(Happened, { schema: Happened.payload, value }, context())).toThrow(
      /inventory\.happened: \d+ bytes are longer than a message may be/,
    );
  });

  it('is on a lane of its own where another entity than that of its key decides', () => {
    const ended = event('host-agent.ended', {
      payload: z.object({ hostId: z.string(), vmId: z.string() }),
      keyOf: ({ hostId }) => hostId,
      laneOf: ({ vmId }) => vmId,
      consumers: ['scheduler'],
    });
    const agent = { ...context(), actor: { kind: 'agent' as const, name: 'h1' } };
    const body = writeMessage(ended, { schema: ended.payload, value: { hostId: 'h1', vmId: 'v1' } }, agent);
    const bound = new Map([[ended.name, reactsTo(ended, async () => undefined)]]);
    expect(readMessage(body, bound, 'host-agent.ended.h1')).toMatchObject({ ok: true, lane: 'v1' });
  });

  it('is unreadable in bounded words', () => {
    fc.assert(
      fc.property(fc.json(), (body) => {
        const read = readMessage(body, handlers, null);
        expect(read.ok).toBe(false);
        if (!read.ok) expect(read.problem.length).toBeLessThanOrEqual(1_000);
      }),
    );
    const many = z.object(Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`field${index}`, z.string()])));
    expect(many.safeParse({}).success).toBe(false);
    const wide = { ...Happened, name: 'inventory.wide', payload: many, keyOf: () => 'a', laneOf: () => 'a' };
    const read = readMessage(
      JSON.stringify({ ...good, name: 'inventory.wide', payload: {} }),
      new Map([['inventory.wide', reactsTo(wide, async () => undefined)]]),
      null,
    );
    if (read.ok) throw new Error('it should not be readable');
    expect(read.problem.length).toBe(1_000);
  });
});

function rumour(actor: Actor): string {
  return writeMessage(Rumoured, { schema: Rumoured.payload, value: { id: 'a', n: 1 } }, { ...context(), actor });
}

describe('an answer', () => {
  it('comes out as it went in', () => {
    const refused = { ok: false, refusals: [{ code: 'HOST_NOT_EXIST', detail: 'h1', remedy: 'add it' }] };
    expect(readReply(Double, writeReply(Double, { ok: true, reply: { n: 3 } }))).toEqual({ ok: true, reply: { n: 3 } });
    expect(readReply(Double, writeReply(Double, refused))).toEqual(refused);
  });

  it.each([
    ['a reply that breaks the contract', { ok: true, reply: { n: 'three' } }],
    ['no reply', { ok: true }],
    ['no refusal', { ok: false, refusals: [] }],
    ['a refusal nobody knows', { ok: false, refusals: [{ code: 'NO_SUCH_CODE', detail: '', remedy: '' }] }],
    ['nothing', undefined],
    ['an unreadable of the handler', { unreadable: 'I do not want to' }],
  ])('with %s is a fault of the handler', (_what, verdict) => {
    expect(() => writeReply(Double, verdict)).toThrow(/inventory.double/);
  });

  it('that the question could not be read ends the wait', () => {
    expect(() => readReply(Double, writeUnreadable('no n'))).toThrow(BusUnavailable);
  });

  it.each(['', '{}', '{"ok":true,"reply":{"n":0.5}}'])('%j cannot be read', (body) => {
    expect(() => readReply(Double, body)).toThrow(/inventory.double/);
  });
});
