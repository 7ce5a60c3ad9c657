import { refusal } from '@vfleet/contracts/refusals';
import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoreUnderTest } from './conformance/thing.ts';
import { put, THINGS, type Thing, thing } from './conformance/thing.ts';
import { type Deciding, type Decision, decideAndPut, fact, reactAndPut } from './decide-and-put.ts';
import { deciding } from './deciding.ts';
import type { Documents } from './documents.ts';
import { type Count, commandOf, decideCount, decideRemove, type Published, ThingCounted } from './killing/world.ts';
import { openTemporary } from './sqlite-temporary.ts';

let opened: StoreUnderTest;
let things: Documents<Thing>;
let target: Deciding<Thing>;
const clock = virtualClock();
const written: string[] = [];
const published: Published[] = [];

beforeEach(async () => {
  opened = await openTemporary();
  things = await opened.store.open(THINGS);
  written.length = 0;
  published.length = 0;
  const noted =
    <Args extends [unknown, ...unknown[]], Outcome>(what: string, write: (...args: Args) => Promise<Outcome>) =>
    (...args: Args): Promise<Outcome> => {
      written.push(what);
      return write(...args);
    };
  const counted: Documents<Thing> = {
    ...things,
    put: noted('put', things.put),
    remove: noted('remove', things.remove),
    clearPublished: noted('clear', things.clearPublished),
  };
  target = decidingOn(counted);
});
afterEach(() => opened.destroy());

function decidingOn(documents: Documents<Thing>): Deciding<Thing> {
  let ids = 0;
  return deciding(documents, {
    publish: async (contract, payload, context) => void published.push({ name: contract.name, payload, context }),
    clock,
    newId: () => `id-${++ids}`,
    log: silentLog,
  });
}

const count = (id: string, by = 1, on = target) =>
  decideAndPut(on, 't', commandOf(id, { thingId: 't', by }), decideCount);
const TWO_RULES = [refusal('HOST_NOT_EXIST', 'one'), refusal('HOST_NAME_IN_USE', 'two')];

describe('a command that is carried out', () => {
  it('costs one durable write before it is answered', async () => {
    await count('k1');
    expect(written).toEqual(['put']);
  });

  it('publishes its facts with the context it came with and the version it made', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const message = { ...commandOf('k1', { thingId: 't', by: 1 }), traceparent };
    await decideAndPut(target, 't', message, decideCount);
    await target.publications.settled();
    const { correlationId, actor } = message;
    const sentAt = new Date(clock.now()).toISOString();
    const context = { id: 'id-1', correlationId, actor, traceparent, sentAt, version: 1 };
    expect(published).toEqual([{ name: ThingCounted.name, payload: { thingId: 't', count: 1 }, context }]);
  });

  it('is not decided again under its id: the same request gets its answer, another is refused', async () => {
    await count('k1', 1);
    expect(await count('k1', 1)).toEqual({ ok: true, reply: { count: 1 } });
    expect(await count('k1', 2)).toMatchObject({ ok: false, refusals: [{ code: 'IDEMPOTENCY_KEY_REUSED' }] });
    const renamed = { ...commandOf('k1', { thingId: 't', by: 1 }), name: 'inventory.uncount-thing' };
    const verdict = await decideAndPut(target, 't', renamed, decideCount);
    expect(verdict).toMatchObject({ ok: false, refusals: [{ code: 'IDEMPOTENCY_KEY_REUSED' }] });
    expect(written).toHaveLength(1);
  });

  it('stores no answer when it is addressed by its own id', async () => {
    const message = commandOf('k1', { thingId: 't', by: 1 });
    await decideAndPut(target, 't', message, decideCount, { answers: 'none' });
    expect(await things.get('t')).toMatchObject({ version: 1, answers: [] });
    await decideAndPut(target, 't', message, decideCount, { answers: 'none' });
    expect(await things.get('t')).toMatchObject({ version: 2, body: { count: 2 } });
  });

  it('decides with the time of the clock and fresh ids', async () => {
    const given: unknown[] = [];
    await decideAndPut(target, 't', commandOf('k1', {}), (_stored, _message, { now, newId }) => {
      given.push(now, newId());
      return { ok: true, body: 'unchanged', reply: {} };
    });
    expect(given).toEqual([new Date(clock.now()).toISOString(), 'id-1']);
  });
});

describe('a command that changes nothing', () => {
  it('writes nothing, and redelivered is decided on what is there then', async () => {
    await put(things, 't', { count: 5 });
    const toFive = (id: string) =>
      decideAndPut(target, 't', commandOf(id, {}), (stored): Decision<Thing, string> => {
        if (!stored) return { ok: false, refusals: TWO_RULES };
        if (stored.body.count === 5) return { ok: true, body: 'unchanged', reply: 'was five' };
        return { ok: true, body: { ...stored.body, count: 5 }, reply: 'set to five', facts: [] };
      });
    expect(await toFive('k1')).toEqual({ ok: true, reply: 'was five' });
    expect(written).toEqual([]);
    await count('k2');
    expect(await toFive('k1')).toEqual({ ok: true, reply: 'set to five' });
  });
});

describe('a command that is refused', () => {
  it('tells every broken rule and writes nothing', async () => {
    const verdict = await decideAndPut(target, 't', commandOf('k1', {}), () => ({ ok: false, refusals: TWO_RULES }));
    expect(verdict).toEqual({ ok: false, refusals: TWO_RULES });
    expect(written).toEqual([]);
  });

  it('by a unique key is told by whom, in words of the handler; without words it is a fault', async () => {
    await put(things, 'other', { name: 't' });
    const message = commandOf('k1', { thingId: 't', by: 1 });
    const verdict = await decideAndPut(target, 't', message, decideCount, {
      onDuplicate: ({ key, value, holder }) => [refusal('HOST_NAME_IN_USE', `${key} ${value} is held by ${holder}`)],
    });
    expect(verdict).toMatchObject({ ok: false, refusals: [{ detail: 'name t is held by other' }] });
    await expect(decideAndPut(target, 't', message, decideCount)).rejects.toThrow('things t: other has name t');
  });

  it('with a removed id is told so', async () => {
    await count('k1');
    await decideAndPut(target, 't', commandOf('k2', { thingId: 't' }), decideRemove);
    expect(await count('k3')).toMatchObject({ ok: false, refusals: [{ code: 'ID_ALREADY_USED' }] });
  });
});

describe('the hook before the put', () => {
  const hooked = (decision: Decision<Thing, null, string>, vetoes: typeof TWO_RULES) => {
    const calls: unknown[] = [];
    const verdict = decideAndPut(target, 't', commandOf('k1', {}), () => decision, {
      beforePut: async (accepted, stored) => {
        calls.push([accepted.plan, stored?.version]);
        return vetoes;
      },
    });
    return verdict.then((told) => ({ told, calls }));
  };
  const made: Decision<Thing, null, string> = {
    ok: true,
    body: thing({ name: 't' }),
    reply: null,
    facts: [],
    plan: 'p',
  };

  it('may veto with refusals, and nothing is written', async () => {
    expect(await hooked(made, TWO_RULES)).toEqual({
      told: { ok: false, refusals: TWO_RULES },
      calls: [['p', undefined]],
    });
    expect(written).toEqual([]);
  });

  it('is asked only when every rule holds and something is written', async () => {
    expect((await hooked({ ok: false, refusals: TWO_RULES }, [])).calls).toEqual([]);
    expect((await hooked({ ok: true, body: 'unchanged', reply: null }, [])).calls).toEqual([]);
    expect((await hooked(made, [])).told).toEqual({ ok: true, reply: null });
    expect((await hooked(made, [])).calls, 'a redelivery').toEqual([]);
  });
});

describe('the hook after the put', () => {
  it('gets the document as it is stored now', async () => {
    const seen: unknown[] = [];
    const message = commandOf('k1', { thingId: 't', by: 1 });
    await decideAndPut(target, 't', message, decideCount, { afterPut: (document) => void seen.push(document) });
    expect(seen).toEqual([await things.get('t')]);
    const removal = commandOf('k2', { thingId: 't' });
    await decideAndPut(target, 't', removal, decideRemove, { afterPut: (document) => void seen.push(document) });
    expect(seen[1]).toBeUndefined();
  });

  it('cannot fail the command; what it throws is logged', async () => {
    const logged: object[] = [];
    target = { ...target, log: { ...silentLog, error: (fields) => void logged.push(fields) } };
    const verdict = await decideAndPut(target, 't', commandOf('k1', { thingId: 't', by: 1 }), decideCount, {
      afterPut: async () => {
        throw new Error('no agent');
      },
    });
    expect(verdict).toEqual({ ok: true, reply: { count: 1 } });
    expect(logged).toMatchObject([{ collection: 'things', document: 't', problem: { message: 'no agent' } }]);
  });
});

describe('a fault', () => {
  it('is a fact that breaks its contract: nothing is written', async () => {
    const bad = fact(ThingCounted, { thingId: 't', count: 0.5 });
    const message = commandOf('k1', {});
    const body = thing({ name: 't' });
    const verdict = decideAndPut(target, 't', message, () => ({ ok: true, body, reply: {}, facts: [bad] }));
    await expect(verdict).rejects.toThrow(/count/);
    expect(written).toEqual([]);
  });

  it('is the removal of what does not exist', async () => {
    const message = commandOf('k1', {});
    const verdict = decideAndPut(target, 't', message, () => ({ ok: true, body: 'remove', reply: {}, facts: [] }));
    await expect(verdict).rejects.toThrow(/nothing is there to remove/);
  });
});

describe('a reaction', () => {
  const react = (decide: Parameters<typeof reactAndPut<Thing, Count>>[3]) =>
    reactAndPut(target, 't', commandOf('k1', { thingId: 't', by: 1 }), decide);

  it('puts without storing an answer', async () => {
    await react(() => ({ ok: true, body: thing({ name: 't' }), reply: null, facts: [] }));
    expect(await things.get('t')).toMatchObject({ version: 1, answers: [] });
  });

  it('throws what nobody would read, so that the bus tries again', async () => {
    await expect(react(() => ({ ok: false, refusals: TWO_RULES }))).rejects.toThrow(
      'HOST_NOT_EXIST: one; HOST_NAME_IN_USE: two',
    );
  });
});
