import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BusFaults } from './memory/faults.ts';
import { type MemoryBus, memoryBroker } from './memory.ts';
import { type ReadModel, startReadModel } from './read-model.ts';
import type { Change } from './read-model-answers.ts';
import { followedOwner, OWNER_TOPOLOGY, ReadThings, type Thing, ThingChanged } from './testing/followed-owner.ts';

const TICK_MS = 30_000;
/** Longer than it takes to ask for everything once the owner answers, late messages and retries included. */
const HEALED_MS = 60_000;

describe('a read model', () => {
  it('reads the whole snapshot page by page, and is ready after the last', async () => {
    const { owner, follow, clock } = world({ pageSize: 2 });
    for (const id of ['a', 'b', 'c', 'd', 'e']) owner.put(id, `name of ${id}`);
    const model = await follow();
    expect(model.isReady()).toBe(false);
    await owner.start();
    await clock.advance(HEALED_MS);
    expect(model.isReady()).toBe(true);
    expect(seen(model, owner)).toEqual(owner.all());
    expect(owner.asked.at(-1)).toMatchObject({ cursor: 'd' });
  });

  it('asks for what a hint names, by its id', async () => {
    const { owner, follow, idle } = world();
    await owner.start();
    const model = await follow();
    await idle();
    owner.asked.length = 0;
    owner.put('a', 'first');
    await idle();
    expect(model.get('a')).toEqual({ id: 'a', name: 'first', version: 1 });
    expect(owner.asked).toEqual([{ ids: ['a'], limit: 500 }]);
  });

  it('asks for ids in batches no larger than a question may hold', async () => {
    const { owner, follow, idle } = world();
    await owner.start();
    const model = await follow();
    await idle();
    for (let n = 0; n < 1200; n++) owner.put(`thing-${n}`, 'x');
    await idle();
    expect(seen(model, owner)).toEqual(owner.all());
    expect(Math.max(...owner.asked.map(({ ids }) => ids?.length ?? 0))).toBeLessThanOrEqual(500);
  });

  it('takes what is asked for and not answered as gone for good, whatever is said later', async () => {
    const { owner, follow, idle } = world();
    await owner.start();
    const model = await follow();
    owner.put('a', 'first');
    await idle();
    const before = model.get('a');
    owner.remove('a');
    await idle();
    expect([model.get('a'), model.isGone('a')]).toEqual([undefined, true]);
    owner.hintAt('a', 'added');
    owner.hintAt('a', 'updated');
    await idle();
    expect([model.get('a'), model.isGone('a')]).toEqual([undefined, true]);
    if (before) model.learn({ ...before, version: 99 });
    expect([model.get('a'), model.isGone('a')]).toEqual([undefined, true]);
  });

  it('never goes back to a lower version', async () => {
    const { owner, follow, idle } = world();
    await owner.start();
    const model = await follow();
    owner.put('a', 'one');
    owner.put('a', 'two');
    await idle();
    model.learn({ id: 'a', version: 1, name: 'one' });
    expect(model.get('a')?.name).toBe('two');
    model.learn({ id: 'a', version: 3, name: 'three' });
    expect(model.get('a')?.name).toBe('three');
  });

  it('finds by its slow timer what a lost hint has hidden: changes, additions and removals', async () => {
    const { owner, follow, idle, clock } = world();
    await owner.start();
    owner.put('a', 'stays');
    owner.put('b', 'goes');
    const model = await follow();
    await idle();
    owner.silently(() => {
      owner.put('a', 'changed');
      owner.remove('b');
      owner.put('c', 'new');
    });
    await clock.advance(TICK_MS - 1);
    await idle();
    expect(model.get('a')?.name).toBe('stays');
    await clock.advance(1);
    await idle();
    expect(seen(model, owner)).toEqual(owner.all());
    expect(model.isGone('b')).toBe(true);
  });

  it('tries again when the owner is away, and has lost no hint', async () => {
    const { owner, follow, idle, clock } = world({ tickMs: Number.POSITIVE_INFINITY });
    await owner.start();
    const model = await follow();
    await idle();
    owner.put('a', 'first');
    owner.die();
    await clock.advance(600_000);
    expect(model.get('a')).toBeUndefined();
    await owner.start();
    await clock.advance(HEALED_MS);
    expect(model.get('a')?.name).toBe('first');
  });

  it('tells of every change once, and of what was before', async () => {
    const told: Change<Thing>[] = [];
    const { owner, follow, idle } = world({ changed: (change) => told.push(change) });
    await owner.start();
    await follow();
    await idle();
    owner.put('a', 'one');
    await idle();
    owner.put('a', 'two');
    await idle();
    owner.hintAt('a', 'updated');
    owner.remove('a');
    await idle();
    expect(told.map(({ before, after }) => [before?.name, after?.name])).toEqual([
      [undefined, 'one'],
      ['one', 'two'],
      ['two', undefined],
    ]);
  });

  it('does not believe an owner that answers ids in pages: the rest would be gone', async () => {
    const { owner, follow, clock } = world({ tickMs: Number.POSITIVE_INFINITY });
    await owner.start({ pagesIds: true });
    const model = await follow();
    await clock.advance(0);
    owner.put('a', 'one');
    await clock.advance(60_000);
    expect([model.get('a'), model.isGone('a')]).toEqual([undefined, false]);
  });
});

describe('knowing', () => {
  it('waits for what is unknown, before the snapshot and without a hint, and for nothing else', async () => {
    const { owner, follow, idle } = world();
    await owner.start();
    owner.silently(() => owner.put('a', 'first'));
    const model = await follow();
    await model.know(['a', 'never'], { withinMs: 1000 });
    expect([model.get('a')?.name, model.isGone('never')]).toEqual(['first', true]);
    await idle();
    owner.asked.length = 0;
    await model.know(['a', 'never'], { withinMs: 1000 });
    expect(owner.asked).toEqual([]);
  });

  it('gives up in time, asks on all the same, and rejects when the follower is closed', async () => {
    const { owner, follow, clock } = world();
    const model = await follow();
    const late = expect(model.know(['a'], { withinMs: 1000 })).rejects.toThrow(/policy.read-things.*1000 ms/);
    await clock.advance(1000);
    await late;
    owner.put('a', 'first');
    await owner.start();
    await clock.advance(HEALED_MS);
    expect(model.get('a')?.name).toBe('first');
    owner.die();
    const closed = expect(model.know(['b'], { withinMs: 1000 })).rejects.toThrow(/closed/);
    await model.close();
    await closed;
    await expect(model.know(['c'], { withinMs: 1000 })).rejects.toThrow(/closed/);
  });

  it('anew waits for an answer that was given after the call', async () => {
    const { owner, follow, idle } = world();
    await owner.start();
    const model = await follow();
    owner.put('a', 'one');
    await idle();
    owner.silently(() => owner.put('a', 'two'));
    const first = model.refresh(['a'], { withinMs: 1000 });
    owner.silently(() => owner.put('a', 'three'));
    const second = model.refresh(['a'], { withinMs: 1000 });
    await Promise.all([first, second]);
    expect(model.get('a')?.name).toBe('three');
  });
});

/** What happens to owner, follower and broker, as data; `n` picks the thing it happens to. */
type Happening =
  | { kind: 'put' | 'remove'; n: number; hint: boolean }
  | { kind: 'late hint' | 'know' | 'wait'; n: number }
  | { kind: 'owner dies' | 'owner starts' | 'follower dies' | 'follower starts' | 'broker crashes' };

const MESSY: Omit<BusFaults, 'seed'> = { duplicate: 0.3, delay: 0.4, delayUpToMs: 2000, reorder: 0.3 };
const n = fc.integer({ min: 0, max: 11 });
const change = (hint: fc.Arbitrary<boolean>) =>
  fc.record({ kind: fc.constantFrom('put' as const, 'put' as const, 'remove' as const), n, hint });
const harmless: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ kind: fc.constantFrom('late hint' as const, 'know' as const), n }),
  fc.record({ kind: fc.constant('wait' as const), n: fc.integer({ min: 0, max: 3000 }) }),
);
const deadly: fc.Arbitrary<Happening> = fc.record({
  kind: fc.constantFrom(
    ...(['owner dies', 'owner starts', 'follower dies', 'follower starts', 'broker crashes'] as const),
  ),
});
const quiet = fc.oneof(change(fc.constant(true)), harmless);
const rough = fc.oneof({ weight: 4, arbitrary: quiet }, { weight: 1, arbitrary: deadly });
const lossy = fc.oneof({ weight: 1, arbitrary: rough }, { weight: 1, arbitrary: change(fc.boolean()) });
const many = (happening: fc.Arbitrary<Happening>) => fc.array(happening, { minLength: 1, maxLength: 40 });

describe('in the end a read model is what its owner has', () => {
  const never = { tickMs: Number.POSITIVE_INFINITY, endsAfterMs: HEALED_MS };
  const once = { tickMs: 3_600_000, endsAfterMs: 3_600_000 + HEALED_MS };
  const often = { tickMs: TICK_MS, endsAfterMs: 1_200_000 };

  it.each<[string, fc.Arbitrary<Happening>, { tickMs: number; endsAfterMs: number }, Partial<BusFaults>]>([
    ['without its timer while nothing is lost, however late, doubled and out of order', quiet, never, {}],
    ['without its timer when hints are lost at the deaths of owner, follower and broker', rough, never, {}],
    ['with one turn of its timer when hints are lost within a subscription', lossy, once, {}],
    ['in time when anything is lost, questions and answers included', lossy, often, { lose: 0.3, loseReply: 0.2 }],
  ])('%s', async (_, happening, time, losses) => {
    await fc.assert(
      fc.asyncProperty(many(happening), fc.nat(), async (happenings, seed) => {
        const end = await goThrough(happenings, { ...time, faults: { seed, ...MESSY, ...losses } });
        expect(end.seen).toEqual(end.all);
      }),
      { numRuns: 60 },
    );
  });
});

/** Lets it all happen to pages of two things, then lets time pass with everyone there; answers both sides. */
async function goThrough(
  happenings: readonly Happening[],
  { faults, tickMs, endsAfterMs }: { faults: BusFaults; tickMs: number; endsAfterMs: number },
) {
  const { owner, follow, stopFollowing, crash, clock } = world({ faults, tickMs, pageSize: 2 });
  await owner.start();
  let model: ReadModel<Thing> | undefined = await follow();
  let names = 0;
  const lives = new Map<number, number>();
  const idOf = (number: number) => `t${number}-${lives.get(number) ?? 0}`;
  const anyId = (number: number) => owner.everUsed()[number];

  for (const happening of happenings) {
    switch (happening.kind) {
      case 'put': {
        const put = () => owner.put(idOf(happening.n), `name ${++names}`);
        happening.hint ? put() : owner.silently(put);
        break;
      }
      case 'remove': {
        const remove = () => owner.remove(idOf(happening.n));
        happening.hint ? remove() : owner.silently(remove);
        lives.set(happening.n, (lives.get(happening.n) ?? 0) + 1);
        break;
      }
      case 'late hint': {
        const id = anyId(happening.n);
        if (id) owner.hintAt(id, 'updated');
        break;
      }
      case 'know': {
        const id = anyId(happening.n);
        if (id) model?.know([id], { withinMs: 1000 }).catch(() => undefined);
        break;
      }
      case 'wait':
        await clock.advance(happening.n);
        break;
      case 'owner dies':
        owner.die();
        break;
      case 'owner starts':
        await owner.start();
        break;
      case 'follower dies':
        stopFollowing();
        model = undefined;
        break;
      case 'follower starts':
        model ??= await follow();
        break;
      case 'broker crashes':
        crash();
        break;
    }
  }
  await owner.start();
  model ??= await follow();
  await clock.advance(endsAfterMs);
  stopFollowing();
  return { seen: seen(model, owner), all: owner.all() };
}

/** The things of the model, looked up by every id the owner ever gave out: nothing may be there that is not. */
function seen(model: ReadModel<Thing>, owner: { everUsed(): string[] }): Thing[] {
  const things = owner.everUsed().flatMap((id) => model.get(id) ?? []);
  return things.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function world({
  faults,
  pageSize,
  tickMs = TICK_MS,
  changed = () => undefined,
}: {
  faults?: BusFaults;
  pageSize?: number;
  tickMs?: number;
  changed?: (change: Change<Thing>) => void;
} = {}) {
  const clock = virtualClock();
  const broker = memoryBroker({ clock, log: silentLog, faults, topology: OWNER_TOPOLOGY });
  const owner = followedOwner({ pageSize });
  let asks = 0;
  let ownerBus: MemoryBus | undefined;
  let followerBus: MemoryBus | undefined;
  return {
    clock,
    idle: broker.idle,
    crash: broker.crash,
    async follow() {
      followerBus = broker.connect();
      const surroundings = { bus: followerBus, clock, log: silentLog, newId: () => `ask-${++asks}` };
      const settings = { snapshotEveryMs: tickMs, askWithinMs: 5000 };
      return startReadModel(
        { query: ReadThings, event: ThingChanged, idOf: ({ thingId }) => thingId },
        { ...surroundings, follower: 'inventory', changed, settings },
      );
    },
    stopFollowing: () => followerBus?.die(),
    owner: {
      ...owner,
      async start(how?: { pagesIds: boolean }) {
        if (ownerBus) return;
        ownerBus = broker.connect();
        await owner.serveOn(ownerBus, how);
      },
      die() {
        ownerBus?.die();
        ownerBus = undefined;
        owner.leave();
      },
    },
  };
}
