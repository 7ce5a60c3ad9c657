import { describe, expect, it } from 'vitest';
import { accepted, put, putOfThing, type Subject, THINGS, thing } from './thing.ts';

export function uniqueKeys(subject: Subject): void {
  describe('a unique key', () => {
    it('refuses a second holder, naming key, value and holder', async () => {
      const things = await subject.store.open(THINGS);
      await put(things, 'a', { name: 'ü.$x' });
      const refused = { ok: false, reason: 'unique', key: 'name', value: 'ü.$x', holder: 'a' };
      expect(await things.put(putOfThing('b', 0, thing({ name: 'ü.$x' })))).toEqual(refused);
      expect(await things.get('b')).toBeUndefined();
      await put(things, 'c');
      expect(await things.put(putOfThing('c', 1, thing({ name: 'ü.$x' })))).toEqual(refused);
      expect(await things.get('c')).toMatchObject({ version: 1, body: { name: 'c' } });
    });

    it('is kept by its holder over puts, and tells upper from lower case', async () => {
      const things = await subject.store.open(THINGS);
      await put(things, 'a', { name: 'Red', serials: ['s1'] });
      expect(await things.put(putOfThing('a', 1, thing({ name: 'Red', serials: ['s1', 's2'] })))).toMatchObject({
        ok: true,
      });
      expect(await things.put(putOfThing('b', 0, thing({ name: 'red' })))).toMatchObject({ ok: true });
    });

    it('is free again when its holder lets go of it or is removed', async () => {
      const things = await subject.store.open(THINGS);
      await put(things, 'a', { name: 'one', serials: ['s1'] });
      await things.put(putOfThing('a', 1, thing({ name: 'two' })));
      await put(things, 'b', { name: 'one', serials: ['s1'] });
      await things.remove({
        id: 'a',
        expectedVersion: 2,
        answers: [],
        unpublished: [],
        at: '2026-01-01T00:00:00.000Z',
      });
      await put(things, 'c', { name: 'two' });
    });

    it('of several values refuses each of them', async () => {
      const things = await subject.store.open(THINGS);
      await put(things, 'a', { serials: ['s1', 's2', 's2'] });
      expect(await things.put(putOfThing('b', 0, thing({ name: 'b', serials: ['s3', 's2'] })))).toEqual({
        ok: false,
        reason: 'unique',
        key: 'serial',
        value: 's2',
        holder: 'a',
      });
    });

    it('of no value is held by nobody', async () => {
      const things = await subject.store.open(THINGS);
      for (const id of ['a', 'b', 'c']) await put(things, id, { serials: [] });
      expect(await things.list({ limit: 10 })).toHaveLength(3);
    });

    it('is judged after the version', async () => {
      const things = await subject.store.open(THINGS);
      await put(things, 'a');
      await put(things, 'b');
      const stale = { ok: false, reason: 'version' };
      expect(await things.put(putOfThing('b', 0, thing({ name: 'a' })))).toEqual(stale);
      expect(await things.put(putOfThing('b', 7, thing({ name: 'a' })))).toEqual(stale);
    });

    it('is given to one of 30 that ask for it at once', async () => {
      const things = await subject.store.open(THINGS);
      const puts = Array.from({ length: 30 }, (_, index) =>
        things.put(putOfThing(`t${index}`, 0, thing({ name: 'x' }))),
      );
      const outcomes = await Promise.all(puts);
      expect(accepted(outcomes)).toHaveLength(1);
      const holder = `t${outcomes.findIndex(({ ok }) => ok)}`;
      for (const outcome of outcomes) {
        if (!outcome.ok) expect(outcome).toEqual({ ok: false, reason: 'unique', key: 'name', value: 'x', holder });
      }
      expect(await things.list({ limit: 100 })).toHaveLength(1);
    });

    it('belongs to its collection alone', async () => {
      const things = await subject.store.open(THINGS);
      const others = await subject.store.open({ ...THINGS, name: 'other-things' });
      await put(things, 'a', { name: 'same' });
      await put(others, 'a', { name: 'same' });
      expect(await others.find('name', 'same', { limit: 10 })).toHaveLength(1);
    });
  });

  describe('a key that becomes unique', () => {
    it('is refused at opening when two documents hold one value', async () => {
      const colours = { ...THINGS.keys, colour: { of: THINGS.keys.colour?.of ?? (() => null) } };
      const things = await subject.store.open({ ...THINGS, keys: colours });
      await put(things, 'a', { colour: 'red' });
      await put(things, 'b', { colour: 'red' });
      const uniqueColours = { ...colours, colour: { ...colours.colour, unique: true } };
      await expect(subject.store.open({ ...THINGS, keys: uniqueColours })).rejects.toThrow(
        /things: a and b both hold colour red/,
      );
    });
  });
}
