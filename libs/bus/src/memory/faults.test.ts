import fc from 'fast-check';
import { expect, it } from 'vitest';
import { faultSource } from './faults.ts';

const chance = fc.double({ min: 0, max: 1, noNaN: true });
const anyFaults = fc.record({
  seed: fc.integer(),
  duplicate: chance,
  delay: chance,
  delayUpToMs: fc.integer({ min: 1, max: 10_000 }),
  reorder: chance,
  lose: chance,
  loseReply: chance,
});

it('does the same for the same seed', () => {
  fc.assert(
    fc.property(anyFaults, (faults) => {
      const [one, two] = [faultSource(faults), faultSource(faults)];
      for (let i = 0; i < 50; i++) {
        expect(one.fate()).toEqual(two.fate());
        expect(one.losesReply()).toBe(two.losesReply());
      }
    }),
  );
});

it('delays within its bound, and gives at most two copies', () => {
  fc.assert(
    fc.property(anyFaults, (faults) => {
      const source = faultSource(faults);
      for (let i = 0; i < 50; i++) {
        const { copies } = source.fate();
        expect(copies.length).toBeLessThanOrEqual(2);
        for (const { delayMs } of copies) {
          expect(delayMs).toBeGreaterThanOrEqual(0);
          expect(delayMs).toBeLessThanOrEqual(faults.delayUpToMs);
        }
      }
    }),
  );
});

it.each([
  ['duplicates', { duplicate: 0.3 }, ({ copies }: Fate) => copies.length === 2],
  ['losses', { lose: 0.3 }, ({ copies }: Fate) => copies.length === 0],
  ['delays', { delay: 0.3 }, ({ copies }: Fate) => copies.some(({ delayMs }) => delayMs > 0)],
  ['overtakings', { reorder: 0.3 }, ({ overtaken }: Fate) => overtaken],
] as const)('makes as many %s as asked, and nothing else', (_what, faults, is) => {
  const source = faultSource({ seed: 7, ...faults });
  const fates = Array.from({ length: 10_000 }, () => source.fate());
  const hit = fates.filter(is).length;
  expect(hit).toBeGreaterThan(2_800);
  expect(hit).toBeLessThan(3_200);
  for (const fate of fates) if (!is(fate)) expect(fate).toEqual({ copies: [{ delayMs: 0 }], overtaken: false });
});

it('leaves the other fates as they were when one chance is raised', () => {
  const calm = faultSource({ seed: 3, duplicate: 0.5 });
  const wild = faultSource({ seed: 3, duplicate: 0.5, delay: 0.5 });
  const copies = (source: typeof calm) => Array.from({ length: 200 }, () => source.fate().copies.length);
  expect(copies(wild)).toEqual(copies(calm));
});

type Fate = ReturnType<ReturnType<typeof faultSource>['fate']>;
