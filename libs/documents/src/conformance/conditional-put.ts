import { describe, expect, it } from 'vitest';
import { accepted, factOf, put, putOfThing, type Subject, THINGS, thing } from './thing.ts';

export function conditionalPuts(subject: Subject): void {
  describe('a put', () => {
    it('creates a document at version 1 and stores all of it', async () => {
      const things = await subject.store.open(THINGS);
      const verdict = { ok: true as const, reply: { 'dotted.$key': 1 } };
      const answers = [{ commandId: 'k1', request: 'f', at: '2026-01-01T00:00:00.000Z', verdict }];
      const write = { ...putOfThing('a', 0, thing({ name: 'a' })), answers, unpublished: [factOf('f1')] };
      expect(await things.put(write)).toEqual({ ok: true, version: 1 });
      const { body, unpublished } = write;
      const versions = { version: 1, bodyVersion: 1, schemaVersion: 1 };
      expect(await things.get('a')).toEqual({ id: 'a', ...versions, answers, unpublished, body });
    });

    it('raises the version by one and replaces everything', async () => {
      const things = await subject.store.open(THINGS);
      await put(things, 'a', { rest: { old: true } });
      const body = thing({ name: 'a2', rest: { new: true } });
      expect(await things.put(putOfThing('a', 1, body))).toEqual({ ok: true, version: 2 });
      expect(await things.get('a')).toMatchObject({ version: 2, body });
    });

    it('is refused when the version is not the stored one', async () => {
      const things = await subject.store.open(THINGS);
      const stored = await put(things, 'a');
      for (const [id, version] of [
        ['a', 0],
        ['a', 2],
        ['b', 1],
      ] as const) {
        const outcome = await things.put(putOfThing(id, version, thing({ name: 'other' })));
        expect(outcome, `${id} at ${version}`).toEqual({ ok: false, reason: 'version' });
      }
      expect(await things.list({ limit: 10 })).toEqual([stored]);
    });

    it('is taken from one of 50 writers that read the same version', async () => {
      const things = await subject.store.open(THINGS);
      await put(things, 'a');
      const claims = Array.from({ length: 50 }, (_, count) =>
        things.put(putOfThing('a', 1, thing({ name: 'a', count: count + 1 }))),
      );
      const outcomes = await Promise.all(claims);
      expect(accepted(outcomes)).toHaveLength(1);
      const winner = outcomes.findIndex(({ ok }) => ok);
      expect(await things.get('a')).toMatchObject({ version: 2, body: { count: winner + 1 } });
    });

    it('is taken from one of 50 writers that create the same id', async () => {
      const things = await subject.store.open(THINGS);
      const creations = Array.from({ length: 50 }, (_, index) =>
        things.put(putOfThing('a', 0, thing({ name: `n${index}` }))),
      );
      const outcomes = await Promise.all(creations);
      expect(accepted(outcomes)).toHaveLength(1);
      expect(outcomes.filter((outcome) => !outcome.ok && outcome.reason === 'version')).toHaveLength(49);
    });

    it('loses no update of writers that read again after a refusal', async () => {
      const things = await subject.store.open(THINGS);
      await put(things, 'a');
      const increment = async (): Promise<void> => {
        const read = await things.get('a');
        if (!read) throw new Error('the document is gone');
        const body = { ...read.body, count: read.body.count + 1 };
        const outcome = await things.put(putOfThing('a', read.version, body));
        if (!outcome.ok) await increment();
      };
      await Promise.all(Array.from({ length: 20 }, increment));
      expect(await things.get('a')).toMatchObject({ version: 21, body: { count: 20 } });
    });
  });
}
