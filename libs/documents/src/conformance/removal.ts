import { describe, expect, it } from 'vitest';
import type { Removal } from '../documents.ts';
import { accepted, factOf, put, putOfThing, type Subject, THINGS, thing } from './thing.ts';

const AT = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-02T00:00:00.000Z';

function removal(id: string, expectedVersion: number, changes: Partial<Removal> = {}): Removal {
  return { id, expectedVersion, answers: [], unpublished: [], at: AT, ...changes };
}

export function removals(subject: Subject): void {
  describe('a removal', () => {
    it('leaves a tombstone with answers and facts, found nowhere else', async () => {
      const things = await subject.store.open(THINGS);
      await put(things, 'a', { colour: 'red' });
      const verdict = { ok: true as const, reply: {} };
      const answers = [{ commandId: 'k', request: 'f', at: AT, verdict }];
      const unpublished = [factOf('f1', 2)];
      expect(await things.remove(removal('a', 1, { answers, unpublished }))).toEqual({ ok: true, version: 2 });
      expect(await things.get('a')).toBeUndefined();
      expect(await things.list({ limit: 10 })).toEqual([]);
      expect(await things.find('colour', 'red', { limit: 10 })).toEqual([]);
      const tombstone = { id: 'a', version: 2, schemaVersion: 1, removedAt: AT, answers, unpublished };
      expect(await things.tombstone('a')).toEqual(tombstone);
    });

    it('is refused at another version, of what never was, and a second time', async () => {
      const things = await subject.store.open(THINGS);
      await put(things, 'a');
      const stale = { ok: false, reason: 'version' };
      expect(await things.remove(removal('a', 2))).toEqual(stale);
      expect(await things.remove(removal('a', 0))).toEqual(stale);
      expect(await things.remove(removal('b', 0))).toEqual(stale);
      expect(await things.remove(removal('b', 1))).toEqual(stale);
      expect(await things.get('a')).toBeDefined();
      await things.remove(removal('a', 1));
      expect(await things.remove(removal('a', 2))).toEqual(stale);
      expect(await things.tombstone('b')).toBeUndefined();
    });

    it('keeps the id from being given out again', async () => {
      const things = await subject.store.open(THINGS);
      await put(things, 'a');
      await things.remove(removal('a', 1));
      for (const version of [0, 1, 2]) {
        const outcome = await things.put(putOfThing('a', version, thing({ name: 'a' })));
        expect(outcome, `at version ${version}`).toEqual({ ok: false, reason: 'version' });
      }
    });

    it('races with puts: one of them happens', async () => {
      const things = await subject.store.open(THINGS);
      await put(things, 'a');
      const outcomes = await Promise.all([
        things.put(putOfThing('a', 1, thing({ name: 'a', count: 1 }))),
        things.remove(removal('a', 1)),
        things.put(putOfThing('a', 1, thing({ name: 'a', count: 2 }))),
        things.remove(removal('a', 1)),
      ]);
      expect(accepted(outcomes)).toHaveLength(1);
      const isThere = (await things.get('a')) !== undefined;
      expect(isThere).toBe((await things.tombstone('a')) === undefined);
    });

    it('is no tombstone of a document that is there', async () => {
      const things = await subject.store.open(THINGS);
      await put(things, 'a');
      expect(await things.tombstone('a')).toBeUndefined();
    });
  });

  describe('a purge', () => {
    it('forgets tombstones that are old and have nothing to publish', async () => {
      const things = await subject.store.open(THINGS);
      for (const id of ['old', 'new', 'unpublished', 'alive']) await put(things, id);
      await things.remove(removal('old', 1));
      await things.remove(removal('new', 1, { at: LATER }));
      await things.remove(removal('unpublished', 1, { unpublished: [factOf('f1', 2)] }));
      expect(await things.purgeTombstones(LATER)).toBe(1);
      expect(await things.tombstone('old')).toBeUndefined();
      expect(await things.tombstone('new')).toBeDefined();
      expect(await things.tombstone('unpublished')).toBeDefined();
      expect(await things.get('alive')).toBeDefined();
      await things.clearPublished('unpublished', ['f1']);
      expect(await things.purgeTombstones(LATER)).toBe(1);
    });
  });
}
