import { expect, it } from 'vitest';
import { cellOf, fieldsOf, tableOf } from './table.ts';

it('lays rows out in columns', () => {
  expect(
    tableOf(
      ['NAME', 'VFS', 'IOMMU'],
      [
        ['alpha', 14, true],
        ['b', null, false],
      ],
    ),
  ).toBe(['NAME   VFS  IOMMU', 'alpha  14   yes', 'b      -    no'].join('\n'));
  expect(tableOf(['NAME', 'VFS'], [])).toBe('NAME  VFS');
});

it('lays fields out one a line', () => {
  expect(fieldsOf({ name: 'alpha', last_error: null })).toBe('name        alpha\nlast_error  -');
});

it('lets nothing drive the terminal', () => {
  expect(cellOf('\u001b[2Jalpha\n')).toBe('\u{fffd}[2Jalpha\u{fffd}');
});
