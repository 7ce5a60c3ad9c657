import { describe, expect, it } from 'vitest';
import { type CommitOutcome, type Documents, guardOf, putOf, removalOf, type Stored } from '../documents.ts';
import { factOf, openBoth, put, putOfThing, type Subject, type Thing, thing } from './thing.ts';

const STALE = { ok: false, reason: 'version' };
const REMOVAL = { answers: [], unpublished: [], at: '2026-01-01T00:00:00.000Z' };
/** As many as an import makes at once. */
const MANY = 200;

export function guards(subject: Subject): void {
  /** Puts a new profile that rests on the network as it was read. */
  const addProfile = (
    { networks, profiles }: { networks: Documents<Thing>; profiles: Documents<Thing> },
    id: string,
    network: Stored<Thing>,
  ): Promise<CommitOutcome> =>
    subject.store.commit([
      putOf(profiles, putOfThing(id, 0, thing({ name: id, rest: network.id }))),
      guardOf(networks, network),
    ]);

  describe('a guard', () => {
    it('raises the version and leaves body, answers, facts and keys', async () => {
      const both = await openBoth(subject.store);
      const answers = [{ commandId: 'k', request: 'f', at: REMOVAL.at, verdict: { ok: true as const, reply: {} } }];
      const body = thing({ name: 'n', colour: 'red' });
      await both.networks.put({ ...putOfThing('n', 0, body), answers, unpublished: [factOf('f1')] });
      const network = await both.networks.get('n');
      if (!network) throw new Error('the network is not there');
      expect(network).toMatchObject({ version: 1, bodyVersion: 1 });
      expect(await addProfile(both, 'p', network)).toEqual({ ok: true, versions: [1, 2] });
      expect(await both.networks.get('n')).toEqual({ ...network, version: 2 });
      expect(await both.networks.find('colour', 'red', { limit: 2 })).toEqual([{ ...network, version: 2 }]);
    });

    it('holds after other guards, whether it was read before or after them', async () => {
      const both = await openBoth(subject.store);
      const network = await put(both.networks, 'n');
      await addProfile(both, 'p1', network);
      const reread = await both.networks.get('n');
      expect(await addProfile(both, 'p2', network)).toEqual({ ok: true, versions: [1, 3] });
      expect(await addProfile(both, 'p3', reread ?? network)).toEqual({ ok: true, versions: [1, 4] });
    });

    it('is refused once the body was put again, even the same', async () => {
      const both = await openBoth(subject.store);
      const network = await put(both.networks, 'n');
      await both.networks.put(putOfThing('n', 1, network.body));
      expect(await addProfile(both, 'p', network)).toEqual({ ok: false, at: 1, outcome: STALE });
      const changed = await both.networks.get('n');
      expect(changed).toMatchObject({ version: 2, bodyVersion: 2 });
      expect(await addProfile(both, 'p', changed ?? network)).toMatchObject({ ok: true });
    });

    it('is refused when the body was put again after other guards', async () => {
      const both = await openBoth(subject.store);
      const network = await put(both.networks, 'n');
      await addProfile(both, 'p1', network);
      expect(await both.networks.put(putOfThing('n', 2, network.body))).toEqual({ ok: true, version: 3 });
      expect(await addProfile(both, 'p2', network)).toEqual({ ok: false, at: 1, outcome: STALE });
      expect(await both.networks.get('n')).toMatchObject({ version: 3, bodyVersion: 3 });
    });

    it('holds once facts were cleared: that changes no body', async () => {
      const both = await openBoth(subject.store);
      await both.networks.put({ ...putOfThing('n', 0, thing({ name: 'n' })), unpublished: [factOf('f1')] });
      const network = await both.networks.get('n');
      await both.networks.clearPublished('n', ['f1']);
      expect(network && (await addProfile(both, 'p', network))).toMatchObject({ ok: true });
    });

    it('refuses the put and the removal that were decided before it', async () => {
      const both = await openBoth(subject.store);
      const network = await put(both.networks, 'n');
      await addProfile(both, 'p', network);
      expect(await both.networks.put(putOfThing('n', 1, network.body))).toEqual(STALE);
      expect(await both.networks.remove({ ...REMOVAL, id: 'n', expectedVersion: 1 })).toEqual(STALE);
      const removal = removalOf(both.networks, { ...REMOVAL, id: 'n', expectedVersion: 1 });
      expect(await subject.store.commit([removal])).toEqual({ ok: false, at: 0, outcome: STALE });
      expect(await both.networks.get('n')).toMatchObject({ version: 2, bodyVersion: 1 });
    });

    it('is refused after a removal', async () => {
      const both = await openBoth(subject.store);
      const network = await put(both.networks, 'n');
      await both.networks.remove({ ...REMOVAL, id: 'n', expectedVersion: 1 });
      for (const bodyVersion of [1, 2]) {
        const outcome = await addProfile(both, 'p', { ...network, bodyVersion });
        expect(outcome, `of body ${bodyVersion}`).toEqual({ ok: false, at: 1, outcome: STALE });
      }
      expect(await both.profiles.get('p')).toBeUndefined();
    });

    it(`does not stand in the way of others: ${MANY} at once all happen`, async () => {
      const both = await openBoth(subject.store);
      const network = await put(both.networks, 'n');
      const outcomes = await Promise.all(
        Array.from({ length: MANY }, (_, index) => addProfile(both, `p${index}`, network)),
      );
      expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
      expect(await both.profiles.list({ limit: 2 * MANY })).toHaveLength(MANY);
      expect(await both.networks.get('n')).toEqual({ ...network, version: 1 + MANY });
    }, 60_000);

    it('of several documents, in any order, at once, all happen', async () => {
      const both = await openBoth(subject.store);
      const pair = [await put(both.networks, 'one'), await put(both.networks, 'other')];
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, index) => {
          const order = index % 2 === 0 ? pair : pair.toReversed();
          const body = thing({ name: `p${index}` });
          const guarded = order.map((network) => guardOf(both.networks, network));
          return subject.store.commit([putOf(both.profiles, putOfThing(`p${index}`, 0, body)), ...guarded]);
        }),
      );
      expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
      expect(await both.networks.get('other')).toMatchObject({ version: 21, bodyVersion: 1 });
    }, 60_000);

    it('and a put at once never both hold on to what they read', async () => {
      const both = await openBoth(subject.store);
      for (let round = 0; round < 20; round++) {
        const id = `n${round}`;
        const network = await put(both.networks, id);
        const [added, changed] = await Promise.all([
          addProfile(both, `p${round}`, network),
          both.networks.put(putOfThing(id, 1, { ...network.body, count: 1 })),
        ]);
        expect([added.ok, changed.ok].filter(Boolean), `round ${round}`).toHaveLength(1);
        expect((await both.profiles.get(`p${round}`)) !== undefined).toBe(added.ok);
        expect((await both.networks.get(id))?.body.count).toBe(changed.ok ? 1 : 0);
      }
    });
  });
}
