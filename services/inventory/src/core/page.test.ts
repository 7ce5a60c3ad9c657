import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pageOfSorted } from './page.ts';

it('gives every item once, in order, whatever the page size', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ minLength: 1 })), fc.integer({ min: 1, max: 5 }), (names, limit) => {
      const sorted = names.toSorted((a, b) => (a < b ? -1 : 1));
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = pageOfSorted(sorted, (name) => name, { limit, cursor });
        expect(page.items.length).toBeLessThanOrEqual(limit);
        seen.push(...page.items);
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      expect(seen).toEqual(sorted);
    }),
  );
});
