import { refusal } from '@vfleet/contracts/refusals';
import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBoth, put, putOfThing, type StoreUnderTest, type Thing, thing } from './conformance/thing.ts';
import { type Decide, type Deciding, decideAndPut, fact, reactAndPut } from './decide-and-put.ts';
import { deciding } from './deciding.ts';
import { type DocumentStore, type Documents, guardOf, putOf, type Stored, type Write } from './documents.ts';
import { type Count, commandOf, decideCount, type Published, restingOn, ThingCounted } from './killing/world.ts';
import { openTemporary } from './sqlite-temporary.ts';

let opened: StoreUnderTest;
let networks: Documents<Thing>;
let profiles: Documents<Thing>;
let target: Deciding<Thing>;
const commits: (readonly Write[])[] = [];
const published: Published[] = [];

beforeEach(async () => {
  opened = await openTemporary();
  ({ networks, profiles } = await openBoth(opened.store));
  commits.length = 0;
  published.length = 0;
  target = decidingWith((writes) => {
    commits.push(writes);
    return opened.store.commit(writes);
  });
});
afterEach(() => opened.destroy());

function decidingWith(commit: DocumentStore['commit'] | undefined): Deciding<Thing> {
  let ids = 0;
  return deciding(profiles, {
    publish: async (contract, payload, context) => void published.push({ name: contract.name, payload, context }),
    clock: virtualClock(),
    newId: () => `id-${++ids}`,
    log: silentLog,
    ...(commit ? { commit } : {}),
  });
}

async function network(): Promise<Stored<Thing>> {
  const stored = await networks.get('n');
  if (!stored) throw new Error('the network is not there');
  return stored;
}

/** Counts the profile `p` up, resting on the network `n`. */
const count = (id: string, by = 1) =>
  decideAndPut(target, 'p', commandOf(id, { thingId: 'p', by }), restingOn(networks, decideCount), { read: network });

describe('a decision that rests on another document', () => {
  beforeEach(() => put(networks, 'n'));

  it('is one commit of its put and the guard', async () => {
    expect(await count('k1')).toEqual({ ok: true, reply: { count: 1 } });
    expect(commits.map((writes) => writes.map(({ kind }) => kind))).toEqual([['put', 'guard']]);
    expect(await networks.get('n')).toMatchObject({ version: 2, bodyVersion: 1 });
  });

  it('stores its answer and its facts, and publishes them with the version it made', async () => {
    await count('k1', 2);
    await target.publications.settled();
    expect(published).toMatchObject([{ payload: { thingId: 'p', count: 2 }, context: { id: 'id-1', version: 1 } }]);
    expect(await profiles.get('p')).toMatchObject({ unpublished: [], answers: [{ commandId: 'k1' }] });
    expect(await count('k1', 2)).toEqual({ ok: true, reply: { count: 2 } });
    expect(await count('k1', 3)).toMatchObject({ ok: false, refusals: [{ code: 'IDEMPOTENCY_KEY_REUSED' }] });
    expect(commits).toHaveLength(1);
  });

  it('may be a removal, whose tombstone has the answer', async () => {
    await count('k1');
    const remove = () =>
      decideAndPut(
        target,
        'p',
        commandOf('k2', {}),
        (_stored, _message, _given, on: Stored<Thing>) => ({
          ok: true,
          body: 'remove',
          reply: 'removed',
          facts: [],
          restsOn: [guardOf(networks, on)],
        }),
        { read: network },
      );
    expect(await remove()).toEqual({ ok: true, reply: 'removed' });
    expect(await remove()).toEqual({ ok: true, reply: 'removed' });
    expect(await profiles.tombstone('p')).toMatchObject({ version: 2, answers: [{}, { commandId: 'k2' }] });
    expect(await networks.get('n')).toMatchObject({ version: 3, bodyVersion: 1 });
  });

  it('is decided again on what is there then, when what it rests on changed', async () => {
    const read: number[] = [];
    const decide: Decide<Thing, Count, { count: number }, unknown, Stored<Thing>> = (stored, message, given, on) => {
      read.push(on.body.count);
      if (on.body.count > 1) return { ok: false, refusals: [refusal('NETWORK_IN_USE', 'closed')] };
      return restingOn(networks, decideCount)(stored, message, given, on);
    };
    const changing = async () => {
      const before = await network();
      const body = { ...before.body, count: before.body.count + 1 };
      await networks.put(putOfThing('n', before.version, body));
      return before;
    };
    const command = commandOf('k1', { thingId: 'p', by: 1 });
    const verdict = await decideAndPut(target, 'p', command, decide, { read: changing });
    expect(verdict).toMatchObject({ ok: false, refusals: [{ detail: 'closed' }] });
    expect(read).toEqual([0, 1, 2]);
    expect(await profiles.get('p')).toBeUndefined();
    await target.publications.settled();
    expect(published).toEqual([]);
  });

  it('tells whose unique key it holds as any put does', async () => {
    await put(profiles, 'other', { name: 'p' });
    const onDuplicate = ({ holder }: { holder: string }) => [refusal('VNIC_PROFILE_NAME_IN_USE', holder)];
    const command = commandOf('k1', { thingId: 'p', by: 1 });
    const decide = restingOn(networks, decideCount);
    const verdict = await decideAndPut(target, 'p', command, decide, { read: network, onDuplicate });
    expect(verdict).toMatchObject({ ok: false, refusals: [{ detail: 'other' }] });
    expect(await networks.get('n')).toMatchObject({ version: 1 });
  });

  it('names a document twice, or itself, without harm', async () => {
    const stored = await put(profiles, 'p');
    const on = await network();
    const restsOn = [guardOf(networks, on), guardOf(profiles, stored), guardOf(networks, on)];
    const decide = () => ({ ok: true as const, body: stored.body, reply: {}, facts: [], restsOn });
    expect(await decideAndPut(target, 'p', commandOf('k1', {}), decide)).toMatchObject({ ok: true });
    expect(commits.map((writes) => writes.length)).toEqual([2]);
    expect(await profiles.get('p')).toMatchObject({ version: 2, bodyVersion: 2 });
  });

  it('that rests on nothing after all is a put alone', async () => {
    const body = thing({ name: 'p' });
    await decideAndPut(target, 'p', commandOf('k1', {}), () => ({ ok: true, body, reply: {}, facts: [], restsOn: [] }));
    expect(commits).toEqual([]);
    expect(await profiles.get('p')).toMatchObject({ version: 1 });
  });

  it('is a fault without the commit of the store, and when it rests on anything but guards', async () => {
    const body = thing({ name: 'p' });
    const restingOnWrites = (restsOn: Write[]) =>
      decideAndPut(target, 'p', commandOf('k1', {}), () => ({ ok: true, body, reply: {}, facts: [], restsOn }));
    const write = putOf(networks, putOfThing('m', 0, thing({ name: 'm' })));
    await expect(restingOnWrites([write])).rejects.toThrow(/rests on a put/);
    target = decidingWith(undefined);
    await expect(restingOnWrites([guardOf(networks, await network())])).rejects.toThrow(/needs a commit/);
    expect(await profiles.get('p')).toBeUndefined();
  });

  it('gives the hook after it the document as it is stored', async () => {
    const seen: unknown[] = [];
    const command = commandOf('k1', { thingId: 'p', by: 1 });
    const afterPut = (document: unknown) => void seen.push(document);
    await decideAndPut(target, 'p', command, restingOn(networks, decideCount), { read: network, afterPut });
    expect(seen).toEqual([await profiles.get('p')]);
  });
});

describe('what a decision reads beside its document', () => {
  it('is read after the document, anew on every attempt, and not for a redelivery', async () => {
    const steps: string[] = [];
    const followed = { ...profiles, get: noted(steps, 'get', profiles.get), put: noted(steps, 'put', profiles.put) };
    const following = { ...target, documents: followed };
    let raced = false;
    const read = async (stored: Stored<Thing> | undefined, { payload }: { payload: { thingId: string } }) => {
      steps.push(`read ${payload.thingId} ${stored?.version}`);
      if (!raced) await put(profiles, 'p');
      raced = true;
      return 'related';
    };
    const decide: Decide<Thing, { thingId: string }, string, unknown, string> = (
      stored,
      _message,
      _given,
      related,
    ) => ({
      ok: true,
      body: stored?.body ?? thing({ name: 'p' }),
      reply: related,
      facts: [fact(ThingCounted, { thingId: 'p', count: 1 })],
    });
    const ask = () => decideAndPut(following, 'p', commandOf('k1', { thingId: 'p' }), decide, { read });
    expect(await ask()).toEqual({ ok: true, reply: 'related' });
    expect(await ask()).toEqual({ ok: true, reply: 'related' });
    expect(steps).toEqual(['get', 'read p undefined', 'put', 'get', 'read p 1', 'put', 'get']);
  });

  it('is there for a reaction too', async () => {
    await put(networks, 'n');
    const decide: Decide<Thing, object, null, unknown, Stored<Thing>> = (_stored, _message, _given, on) => ({
      ok: true,
      body: thing({ name: on.body.name }),
      reply: null,
      facts: [],
      restsOn: [guardOf(networks, on)],
    });
    await reactAndPut(target, 'p', commandOf('k1', {}), decide, { read: network });
    expect(await profiles.get('p')).toMatchObject({ body: { name: 'n' }, answers: [] });
    expect(commits).toHaveLength(1);
  });

  it('cannot be left out by a decision that needs it, which the compiler holds', () => {
    const decide = restingOn(networks, decideCount);
    const message = commandOf('k1', { thingId: 'p', by: 1 });
    const wrong = () => {
      // @ts-expect-error: the decision needs the network, and nothing reads it
      void decideAndPut(target, 'p', message, decide);
      // @ts-expect-error: what is read is not what the decision needs
      void decideAndPut(target, 'p', message, decide, { read: async () => 'a text' });
    };
    expect(wrong).toBeTypeOf('function');
  });
});

function noted<Args extends unknown[], Outcome>(steps: string[], what: string, work: (...args: Args) => Outcome) {
  return (...args: Args): Outcome => {
    steps.push(what);
    return work(...args);
  };
}
