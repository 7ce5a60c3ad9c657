import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inNameOrder, pageInNameOrder } from './name-order.ts';

const named = (name: string, id = name) => ({ id, name });

it('sorts by name without regard to case or width, then by id', () => {
  const items = [named('red', '2'), named('Blue'), named('Red', '1'), named('a b'), named('a'), named('ｂlue', '0')];
  expect(inNameOrder(items).map(({ id }) => id)).toEqual(['a', 'a b', '0', 'Blue', '1', '2']);
});

it('pages through everything once, in order, though what ended a page is gone', () => {
  const item = fc.record({
    id: fc.stringMatching(/^[a-z0-9]{1,8}$/),
    name: fc.string({ minLength: 1, unit: 'grapheme' }),
  });
  fc.assert(
    fc.property(fc.uniqueArray(item, { selector: ({ id }) => id }), fc.integer({ min: 1, max: 5 }), (items, limit) => {
      let there = items;
      const paged: typeof items = [];
      for (let cursor: string | undefined; ; ) {
        const page = pageInNameOrder(there, { limit, cursor });
        paged.push(...page.items);
        there = there.filter(({ id }) => id !== page.items.at(-1)?.id);
        if (page.next === null) break;
        cursor = page.next;
      }
      expect(paged).toEqual(inNameOrder(items));
    }),
  );
});

it('makes no cursor longer than a request carries, whatever the name', () => {
  const items = [named('\u{fdfa}'.repeat(255), 'x'.repeat(64)), named('\u{1f600}'.repeat(127), `y${'x'.repeat(63)}`)];
  for (const last of items) {
    const { next } = pageInNameOrder([last, named('\u{10ffff}', 'z')], { limit: 1 });
    expect(next?.length).toBeLessThanOrEqual(500);
  }
});
