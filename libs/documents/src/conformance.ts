import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bodies } from './conformance/bodies.ts';
import { commits } from './conformance/commit.ts';
import { conditionalPuts } from './conformance/conditional-put.ts';
import { guards } from './conformance/guards.ts';
import { paging } from './conformance/paging.ts';
import { removals } from './conformance/removal.ts';
import { searching } from './conformance/searching.ts';
import { factOf, put, putOfThing, type StoreUnderTest, type Subject, THINGS, thing } from './conformance/thing.ts';
import { uniqueKeys } from './conformance/unique-keys.ts';
import { unpublishedFacts } from './conformance/unpublished.ts';
import type { DocumentStore } from './documents.ts';

/** What every document store keeps, whatever is below it. `open` makes an empty one for each test. */
export function documentsConformance(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`documents on ${name}`, () => {
    let opened: StoreUnderTest | undefined;
    let current: DocumentStore | undefined;
    const subject: Subject = {
      get store() {
        if (!current) throw new Error('no store is open');
        return current;
      },
      reopen: async () => {
        current = await opened?.reopen();
        return subject.store;
      },
    };
    beforeEach(async () => {
      opened = await open();
      current = opened.store;
    });
    afterEach(async () => {
      await opened?.destroy();
      opened = undefined;
      current = undefined;
    });

    conditionalPuts(subject);
    uniqueKeys(subject);
    paging(subject);
    searching(subject);
    removals(subject);
    commits(subject);
    guards(subject);
    unpublishedFacts(subject);
    bodies(subject);
    lifecycle(subject);
  });
}

function lifecycle(subject: Subject): void {
  describe('a store', () => {
    it('keeps everything when it is opened again', async () => {
      const things = await subject.store.open(THINGS);
      await things.put({ ...putOfThing('a', 0, thing({ name: 'a', colour: 'red' })), unpublished: [factOf('f1')] });
      await put(things, 'b');
      await things.remove({
        id: 'b',
        expectedVersion: 1,
        answers: [],
        unpublished: [],
        at: '2026-01-01T00:00:00.000Z',
      });
      const before = await things.get('a');
      const again = await (await subject.reopen()).open(THINGS);
      expect(await again.get('a')).toEqual(before);
      expect(await again.find('colour', 'red', { limit: 2 })).toEqual([before]);
      expect(await again.tombstone('b')).toMatchObject({ version: 2 });
      expect(await again.findUnpublished(2)).toHaveLength(1);
      expect(await again.put(putOfThing('c', 0, thing({ name: 'a' })))).toMatchObject({ ok: false, reason: 'unique' });
    });

    it('opens a collection twice: both are the same', async () => {
      const [one, other] = [await subject.store.open(THINGS), await subject.store.open(THINGS)];
      const stored = await put(one, 'a');
      expect(await other.get('a')).toEqual(stored);
    });

    it('answers whether it can be written', async () => {
      await subject.store.ping();
      await subject.store.ping();
    });

    it('takes nothing after it was closed, and can be closed twice', async () => {
      const things = await subject.store.open(THINGS);
      const { store } = subject;
      await store.close();
      await store.close();
      await expect(things.put(putOfThing('a', 0, thing({ name: 'a' })))).rejects.toThrow();
      await expect(store.ping()).rejects.toThrow();
    });
  });
}
