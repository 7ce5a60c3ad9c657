import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoreUnderTest, Thing } from './conformance/thing.ts';
import { type Decide, decideAndPut } from './decide-and-put.ts';
import { networkOf, ruleOfTwo } from './killing/rule-of-two.ts';
import {
  commandOf,
  type Death,
  decideCount,
  decideRemove,
  type Life,
  makeWorld,
  ProcessDied,
  restingOn,
  type World,
} from './killing/world.ts';

const DEATHS: (Death | undefined)[] = ['before-put', 'after-put', 'before-publish', 'after-publish', undefined];

const WAYS = [
  { way: 'a put', rests: false },
  { way: 'a commit with a guard', rests: true },
];

/**
 * The orders of events that would lose, repeat or contradict a command or a fact if the mechanism were weaker: each
 * process ends at a chosen instant and the next one goes on from the documents alone.
 */
export function killingSequences(name: string, open: () => Promise<StoreUnderTest>): void {
  describe.each(WAYS)(`killing sequences on ${name}, through $way`, ({ rests }) => {
    let opened: StoreUnderTest;
    let world: World;
    beforeEach(async () => {
      opened = await open();
      world = await makeWorld(opened.store);
    });
    afterEach(() => opened.destroy());

    const carryOut = <Payload extends { thingId: string }, Reply>(
      message: { id: string; payload: Payload },
      decide: Decide<Thing, Payload, Reply>,
      life: Life,
    ) => {
      const { things, networks } = world.start(life);
      const { thingId } = message.payload;
      const command = commandOf(message.id, message.payload);
      if (!rests) return decideAndPut(things, thingId, command, decide);
      const read = () => networkOf(networks.documents);
      return decideAndPut(things, thingId, command, restingOn(networks.documents, decide), { read });
    };
    const count = (id: string, by: number, { thingId = 't', ...life }: Life & { thingId?: string } = {}) =>
      carryOut({ id, payload: { thingId, by } }, decideCount, life);
    const remove = (id: string, life: Life = {}) => carryOut({ id, payload: { thingId: 't' } }, decideRemove, life);
    const changeNetwork = (id: string, by: number, life: Life) =>
      decideAndPut(world.start(life).networks, 'n', commandOf(id, { thingId: 'n', by }), decideCount);
    /** Facts as a consumer has them: each message id once. */
    const heard = () => new Map(world.published.map((message) => [message.context.id, message]));

    describe('a redelivered command', () => {
      it.each(DEATHS)('is carried out once and answered alike when its process dies: %s', async (dies) => {
        await count('k0', 10);
        const first = await count('k1', 1, { dies }).catch((problem: unknown) => problem);
        if (dies === 'before-put' || dies === 'after-put') expect(first).toBeInstanceOf(ProcessDied);
        else expect(first).toEqual({ ok: true, reply: { count: 11 } });
        expect(await count('k1', 1)).toEqual({ ok: true, reply: { count: 11 } });
        expect(await count('k1', 1)).toEqual({ ok: true, reply: { count: 11 } });
        expect(await world.things.get('t')).toMatchObject({ version: 2, body: { count: 11 } });
      });

      it('that created the document finds its answer in it', async () => {
        await expect(count('k1', 1, { dies: 'after-put' })).rejects.toThrow(ProcessDied);
        expect(await count('k1', 1)).toEqual({ ok: true, reply: { count: 1 } });
        expect(await world.things.get('t')).toMatchObject({ version: 1 });
      });

      it('that removed the document finds its answer in the tombstone', async () => {
        await count('k0', 3);
        await expect(remove('k1', { dies: 'after-put' })).rejects.toThrow(ProcessDied);
        expect(await remove('k1')).toEqual({ ok: true, reply: { last: 3 } });
        expect(await world.things.tombstone('t')).toMatchObject({ version: 2 });
        await world.sweep();
        expect([...heard().values()].map((message) => message.name)).toContain('inventory.thing-removed');
      });

      it('from before a removal still gets its answer after it', async () => {
        await count('k0', 3);
        await remove('k1');
        expect(await count('k0', 3)).toEqual({ ok: true, reply: { count: 3 } });
        expect(await world.things.get('t')).toBeUndefined();
      });

      it('gets the answer of its time, whatever came after', async () => {
        await count('k1', 1);
        for (let later = 0; later < 20; later++) await count(`later-${later}`, 1);
        expect(await count('k1', 1)).toEqual({ ok: true, reply: { count: 1 } });
      });

      it('is carried out once by two replicas that hold it at the same time', async () => {
        const verdicts = await Promise.all([count('k1', 1), count('k1', 1), count('k1', 1)]);
        expect(verdicts).toEqual(Array.from({ length: 3 }, () => ({ ok: true, reply: { count: 1 } })));
        expect(await world.things.get('t')).toMatchObject({ version: 1 });
      });
    });

    describe('a fact', () => {
      it.each(DEATHS)('reaches its consumers once, from the version it became true with: %s', async (dies) => {
        await count('k0', 10);
        await count('k1', 1, { dies }).catch(() => undefined);
        await count('k1', 1);
        await count('k2', 1);
        await world.sweep();
        const facts = [...heard().values()].map(({ payload, context }) => ({ payload, version: context.version }));
        expect(facts.toSorted((one, other) => (one.version ?? 0) - (other.version ?? 0))).toEqual(
          [10, 11, 12].map((total, index) => ({
            payload: { thingId: 't', count: total },
            version: index + 1,
          })),
        );
        expect(await world.things.findUnpublished(10)).toEqual([]);
      });

      it('that was published before a crash is the same message when it is published again', async () => {
        await count('k1', 1, { dies: 'after-publish' });
        await world.sweep();
        expect(world.published).toHaveLength(2);
        expect(world.published[1]).toEqual(world.published[0]);
      });
    });

    describe('two replicas', () => {
      it('that decide on the same version both take effect, one after the other', async () => {
        await count('k0', 0);
        const verdicts = await Promise.all([count('k1', 1), count('k2', 10)]);
        expect(verdicts.every(({ ok }) => ok)).toBe(true);
        expect(await world.things.get('t')).toMatchObject({ version: 3, body: { count: 11 } });
      });

      it('never break a rule together: the second decides on what the first left', async () => {
        const decideTake: typeof decideCount = (stored, ...rest) =>
          stored && stored.body.count >= 1
            ? { ok: false, refusals: [{ code: 'HOST_HAS_VFS_IN_USE', detail: 'taken', remedy: '' }] }
            : decideCount(stored, ...rest);
        const takeLast = (id: string) => carryOut({ id, payload: { thingId: 't', by: 1 } }, decideTake, {});
        await count('k0', 0);
        const verdicts = await Promise.all([takeLast('k1'), takeLast('k2'), takeLast('k3')]);
        expect(verdicts.filter(({ ok }) => ok)).toHaveLength(1);
        expect(await world.things.get('t')).toMatchObject({ version: 2, body: { count: 1 } });
      });
    });

    it('carries each command out exactly once, however deliveries and deaths interleave', async () => {
      const deliveries = fc.array(
        fc.record({ command: fc.nat(5), on: fc.constantFrom('x', 'y', 'n'), dies: fc.constantFrom(...DEATHS) }),
        { minLength: 1, maxLength: 24 },
      );
      let run = 0;
      await fc.assert(
        fc.asyncProperty(deliveries, fc.scheduler(), async (plan, scheduler) => {
          run++;
          const heardBefore = world.published.length;
          const before = await networkOf(world.networks);
          const replies = new Map<string, Set<number>>();
          const pause = () => scheduler.schedule(Promise.resolve());
          const idOf = (on: string) => (on === 'n' ? 'n' : `${on}-${run}`);
          const deliver = async ({ command, on, dies }: (typeof plan)[number]): Promise<boolean> => {
            const key = `${on}-${run}-k${command}`;
            const delivered = on === 'n' ? changeNetwork : count;
            const verdict = await delivered(key, 10 ** command, { thingId: idOf(on), dies, pause }).catch(ignoreDeath);
            if (verdict?.ok) replies.set(key, (replies.get(key) ?? new Set()).add(verdict.reply.count));
            return verdict?.ok === true;
          };
          const deliverUntilAnswered = async (each: (typeof plan)[number]): Promise<void> => {
            while (!(await deliver({ ...each, dies: undefined })));
          };
          await scheduler.waitFor(Promise.all(plan.map(deliver)));
          await scheduler.waitFor(Promise.all(plan.map(deliverUntilAnswered)));
          await world.sweep();

          const commandsOn = (on: string) => [
            ...new Set(plan.filter((each) => each.on === on).map(({ command }) => command)),
          ];
          const totalOn = (on: string) => commandsOn(on).reduce((sum, command) => sum + 10 ** command, 0);
          for (const on of new Set(plan.map((each) => each.on))) {
            const commands = commandsOn(on).length;
            const facts = world.published.slice(heardBefore).filter(({ payload }) => isOf(payload, idOf(on)));
            expect(new Set(facts.map(({ context }) => context.id)).size).toBe(commands);
            expect(new Set(facts.map(({ context }) => context.version)).size).toBe(commands);
            if (on === 'n') continue;
            const stored = await world.things.get(idOf(on));
            expect(stored).toMatchObject({ version: commands, body: { count: totalOn(on) }, unpublished: [] });
          }
          const guards = rests ? commandsOn('x').length + commandsOn('y').length : 0;
          expect(await networkOf(world.networks)).toMatchObject({
            version: before.version + commandsOn('n').length + guards,
            body: { count: before.body.count + totalOn('n') },
          });
          for (const counts of replies.values()) expect(counts.size).toBe(1);
        }),
        { numRuns: 25 },
      );
    }, 60_000);

    if (rests) ruleOfTwo(() => world);
  });
}

function ignoreDeath(problem: unknown): undefined {
  if (!(problem instanceof ProcessDied)) throw problem;
}

function isOf(payload: unknown, thingId: string): boolean {
  return (payload as { thingId: string }).thingId === thingId;
}
