import { silentLog } from '@vfleet/process/log';
import { turnsUntil } from '@vfleet/process/turns-until';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { factOf, putOfThing, type StoreUnderTest, THINGS, type Thing, thing } from './conformance/thing.ts';
import type { Documents, UnpublishedFact } from './documents.ts';
import { ThingCounted, ThingRemoved } from './killing/world.ts';
import { openTemporary } from './sqlite-temporary.ts';
import { type SweepTarget, startSweep, sweepUnpublished } from './sweep.ts';

const EVERY_MS = 5_000;

let opened: StoreUnderTest;
let things: Documents<Thing>;
let clock: ReturnType<typeof virtualClock>;
let target: SweepTarget;
let published: { id: string; version: number | undefined }[];
let problems: object[];
let broken: Set<string>;

beforeEach(async () => {
  opened = await openTemporary();
  things = await opened.store.open(THINGS);
  clock = virtualClock();
  published = [];
  problems = [];
  broken = new Set();
  target = {
    documents: things,
    publish: async (_contract, _payload, { id, version }) => {
      if (broken.has(id) || broken.has('all')) throw new Error('nacked');
      published.push({ id, version });
    },
    clock,
    log: { ...silentLog, error: (fields) => void problems.push(fields) },
  };
});
afterEach(() => opened.destroy());

const OPTIONS = { contracts: [ThingCounted, ThingRemoved], limit: 2 };

async function leave(id: string, ...facts: Partial<UnpublishedFact>[]): Promise<void> {
  const at = new Date(clock.now() - 60_000).toISOString();
  const payload = { thingId: id, count: 1 };
  const unpublished = facts.map((fact, index) => ({
    ...factOf(`${id}${index + 1}`, 7),
    name: ThingCounted.name,
    payload,
    at,
    ...fact,
  }));
  await things.put({ ...putOfThing(id, 0, thing({ name: id })), unpublished });
}

const left = async () =>
  (await things.findUnpublished(100)).flatMap(({ unpublished }) => unpublished.map(({ id }) => id));
const ids = () => published.map(({ id }) => id);

describe('a sweep', () => {
  it('publishes what is left, as of its own version, and clears it', async () => {
    await leave('a', {}, { name: ThingRemoved.name, payload: { thingId: 'a' } });
    expect(await sweepUnpublished(target, OPTIONS)).toEqual({ published: 2, next: undefined, failed: false });
    expect(published).toEqual([
      { id: 'a1', version: 7 },
      { id: 'a2', version: 7 },
    ]);
    expect(await left()).toEqual([]);
    expect(await things.get('a')).toMatchObject({ version: 1 });
  });

  it('leaves young facts to the put that is publishing them', async () => {
    await leave('a', { at: new Date(clock.now() - 4_999).toISOString() });
    await sweepUnpublished(target, OPTIONS);
    expect(published).toEqual([]);
    await clock.advance(1);
    await sweepUnpublished(target, OPTIONS);
    expect(ids()).toEqual(['a1']);
  });

  it('takes one page and tells where to go on', async () => {
    for (const id of ['a', 'b', 'c']) await leave(id, {});
    const first = await sweepUnpublished(target, OPTIONS);
    expect(first).toEqual({ published: 2, next: 'b', failed: false });
    expect(await sweepUnpublished(target, OPTIONS, first.next)).toEqual({
      published: 1,
      next: undefined,
      failed: false,
    });
  });

  it('stops where the bus does not take a fact, and clears what was confirmed', async () => {
    await leave('a', {}, {});
    await leave('b', {});
    broken.add('a2');
    expect(await sweepUnpublished(target, OPTIONS)).toEqual({ published: 1, next: 'a', failed: true });
    expect(await left()).toEqual(['a2', 'b1']);
  });

  it('tells of facts that can never be published, and goes on', async () => {
    await leave('a', { name: 'inventory.no-more' }, { payload: { count: 'x' } }, {});
    await sweepUnpublished(target, OPTIONS);
    expect(ids()).toEqual(['a3']);
    expect(problems).toMatchObject([{ factId: 'a1' }, { factId: 'a2' }]);
    expect(await left()).toEqual(['a1', 'a2']);
  });
});

describe('sweeping', () => {
  const sweeping = async (during: () => Promise<void>, everyMs = EVERY_MS) => {
    const sweep = startSweep([target], { ...OPTIONS, everyMs });
    await during();
    await sweep.close();
    expect(clock.sleepers()).toBe(0);
  };
  /** Lets the round that is due run to its end: it is over when the sweep sleeps again. */
  const round = async (ms: number) => {
    await clock.advance(ms);
    await turnsUntil(() => clock.sleepers() > 0);
  };

  it('walks every page at once, and again after its interval', async () => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) await leave(id, {});
    await sweeping(async () => {
      await round(0);
      expect(ids()).toEqual(['a1', 'b1', 'c1', 'd1', 'e1']);
      await leave('f', {});
      await round(EVERY_MS - 1);
      expect(ids()).not.toContain('f1');
      await round(1);
      expect(ids()).toContain('f1');
    });
  });

  it('waits a round when the bus is away, and lets one bad fact hold up no others', async () => {
    for (const id of ['a', 'b', 'c']) await leave(id, {});
    broken.add('all');
    await sweeping(async () => {
      await round(0);
      await round(EVERY_MS);
      expect(ids()).toEqual([]);
      broken.delete('all');
      broken.add('a1');
      for (let rounds = 0; rounds < 3; rounds++) await round(EVERY_MS);
      expect(ids()).toEqual(['c1', 'b1']);
      broken.clear();
      await round(EVERY_MS);
      await round(EVERY_MS);
      expect(await left()).toEqual([]);
    });
  });

  it('goes on after a fault of the store', async () => {
    const findUnpublished = things.findUnpublished;
    let faults = 1;
    target.documents = {
      ...things,
      findUnpublished: async (...page) => {
        if (faults-- > 0) throw new Error('away');
        return findUnpublished(...page);
      },
    };
    await leave('a', {});
    await sweeping(async () => {
      await round(0);
      expect(problems).toMatchObject([{ collection: 'things', problem: { message: 'away' } }]);
      await round(EVERY_MS);
      expect(ids()).toEqual(['a1']);
    });
  });

  it('forgets tombstones after a week', async () => {
    await leave('a');
    const at = new Date(clock.now()).toISOString();
    await things.remove({ id: 'a', expectedVersion: 1, answers: [], unpublished: [], at });
    const day = 24 * 3_600_000;
    await sweeping(async () => {
      await round(0);
      for (let days = 0; days < 7; days++) await round(day);
      expect(await things.tombstone('a')).toBeDefined();
      await round(day);
      expect(await things.tombstone('a')).toBeUndefined();
    }, day);
  });
});
