import { describe, expect, it } from 'vitest';
import type { Change } from './read-model-answers.ts';
import type { Thing } from './testing/followed-owner.ts';
import { seen, followingWorld as world } from './testing/following-world.ts';

const TICK_MS = 30_000;
/** Longer than an ask waits for its answer and is tried again. */
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

  it('keeps what its follower wants kept, and tells the whole of every change', async () => {
    const told: Change<Thing>[] = [];
    const kept = (thing: Thing) => ({ ...thing, name: '' });
    const { owner, follow, idle } = world({ changed: (change) => told.push(change), kept });
    await owner.start();
    const model = await follow();
    await idle();
    owner.put('a', 'one');
    await idle();
    expect(model.get('a')).toEqual({ id: 'a', name: '', version: 1 });
    expect(told).toEqual([{ before: undefined, after: { id: 'a', name: 'one', version: 1 } }]);
  });

  it('asks for no more at once than its follower wants', async () => {
    const { owner, follow, idle } = world({ atOnce: 2 });
    for (const id of ['a', 'b', 'c', 'd', 'e']) owner.put(id, `name of ${id}`);
    await owner.start();
    const model = await follow();
    await idle();
    expect(seen(model, owner)).toEqual(owner.all());
    for (const id of ['a', 'b', 'c', 'd', 'e']) owner.put(id, 'changed');
    await idle();
    expect(seen(model, owner)).toEqual(owner.all());
    expect(new Set(owner.asked.map(({ limit }) => limit))).toEqual(new Set([2]));
    expect(Math.max(...owner.asked.map(({ ids }) => ids?.length ?? 0))).toBe(2);
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
