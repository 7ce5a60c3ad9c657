import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BusFaults } from './memory/faults.ts';
import type { ReadModel } from './read-model.ts';
import type { Thing } from './testing/followed-owner.ts';
import { followingWorld, seen } from './testing/following-world.ts';

/** Longer than it takes to ask for everything once the owner answers, late messages and retries included. */
const HEALED_MS = 60_000;

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
  const often = { tickMs: 30_000, endsAfterMs: 1_200_000 };

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
  const { owner, follow, stopFollowing, crash, clock } = followingWorld({ faults, tickMs, pageSize: 2 });
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
