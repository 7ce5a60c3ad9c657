import { describe, expect, it } from 'vitest';
import { guardOf, putOf, removalOf } from '../documents.ts';
import { openBoth, put, putOfThing, type Subject, THINGS, thing } from './thing.ts';

const NOTHING = { answers: [], unpublished: [], at: '2026-01-01T00:00:00.000Z' };

export function commits(subject: Subject): void {
  describe('a commit', () => {
    it('carries out puts, removals and guards of several collections together', async () => {
      const { networks, profiles } = await openBoth(subject.store);
      const red = await put(networks, 'red');
      await put(networks, 'blue');
      const outcome = await subject.store.commit([
        putOf(profiles, putOfThing('p', 0, thing({ name: 'p', rest: 'red' }))),
        guardOf(networks, red),
        removalOf(networks, { ...NOTHING, id: 'blue', expectedVersion: 1 }),
      ]);
      expect(outcome).toEqual({ ok: true, versions: [1, 2, 2] });
      expect(await networks.get('red')).toEqual({ ...red, version: 2 });
      expect(await networks.tombstone('blue')).toMatchObject({ version: 2 });
      expect(await profiles.get('p')).toMatchObject({ version: 1, body: { rest: 'red' } });
    });

    it('writes nothing when one write is refused, and names it', async () => {
      const { networks, profiles } = await openBoth(subject.store);
      const red = await put(networks, 'red');
      const taken = await put(profiles, 'taken');
      const refusals = [
        { last: guardOf(networks, { ...red, bodyVersion: 2 }), outcome: { ok: false, reason: 'version' } },
        { last: guardOf(networks, { id: 'gone', bodyVersion: 1 }), outcome: { ok: false, reason: 'version' } },
        { last: guardOf(networks, { id: 'gone', bodyVersion: 0 }), outcome: { ok: false, reason: 'version' } },
        { last: putOf(profiles, putOfThing('taken', 0, taken.body)), outcome: { ok: false, reason: 'version' } },
        {
          last: removalOf(networks, { ...NOTHING, id: 'red', expectedVersion: 9 }),
          outcome: { ok: false, reason: 'version' },
        },
        {
          last: putOf(profiles, putOfThing('q', 0, thing({ name: 'taken' }))),
          outcome: { ok: false, reason: 'unique', key: 'name', value: 'taken', holder: 'taken' },
        },
      ];
      for (const { last, outcome } of refusals) {
        const first = putOf(profiles, putOfThing('p', 0, thing({ name: 'p' })));
        expect(await subject.store.commit([first, last])).toEqual({ ok: false, at: 1, outcome });
        expect(await profiles.get('p')).toBeUndefined();
      }
      expect(await networks.get('red')).toEqual(red);
      expect(await profiles.list({ limit: 10 })).toEqual([taken]);
    });

    it('passes a unique key from one document to another', async () => {
      const things = await subject.store.open(THINGS);
      await put(things, 'a', { name: 'x' });
      const outcome = await subject.store.commit([
        putOf(things, putOfThing('a', 1, thing({ name: 'y' }))),
        putOf(things, putOfThing('b', 0, thing({ name: 'x' }))),
      ]);
      expect(outcome).toEqual({ ok: true, versions: [2, 1] });
      expect((await things.find('name', 'x', { limit: 2 })).map(({ id }) => id)).toEqual(['b']);
    });

    it('throws on an invalid body and on documents of another store, and writes nothing', async () => {
      const things = await subject.store.open(THINGS);
      const good = putOf(things, putOfThing('a', 0, thing({ name: 'a' })));
      const bad = putOf(things, putOfThing('b', 0, { ...thing({ name: 'b' }), count: 0.5 }));
      const foreign = guardOf({ ...things }, { id: 'a', bodyVersion: 1 });
      await expect(subject.store.commit([good, bad])).rejects.toThrow(/count/);
      await expect(subject.store.commit([good, foreign])).rejects.toThrow(/store/);
      expect(await things.get('a')).toBeUndefined();
    });

    it('refuses one of two requests that break a rule only together', async () => {
      const { networks, profiles } = await openBoth(subject.store);
      for (let round = 0; round < 10; round++) {
        const network = await put(networks, `n${round}`);
        // one adds a profile to the network, the other removes it because no profile is there
        const [added, removed] = await Promise.all([
          subject.store.commit([
            putOf(profiles, putOfThing(`p${round}`, 0, thing({ name: `p${round}`, rest: network.id }))),
            guardOf(networks, network),
          ]),
          subject.store.commit([removalOf(networks, { ...NOTHING, id: network.id, expectedVersion: 1 })]),
        ]);
        expect([added.ok, removed.ok].filter(Boolean), `round ${round}`).toHaveLength(1);
        expect((await profiles.get(`p${round}`)) !== undefined).toBe(added.ok);
        expect((await networks.get(network.id)) !== undefined).toBe(added.ok);
      }
    });
  });
}
