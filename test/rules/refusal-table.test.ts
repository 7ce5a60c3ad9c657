import { REFUSALS } from '@vfleet/contracts/refusals';
import { expect, it } from 'vitest';
import { refusalTable } from './refusal-table.ts';

it('docs/refusals.md is the table of the contracts; `vitest run -u` writes it again', async () => {
  await expect(refusalTable()).toMatchFileSnapshot('../../docs/refusals.md');
});

it('has every code once, and no text that would break the table', () => {
  const table = refusalTable();
  for (const [code, { title, remedy }] of Object.entries(REFUSALS)) {
    expect(table.split(`| \`${code}\` |`), code).toHaveLength(2);
    expect(`${title}${remedy}`, code).not.toMatch(/[|\n]/);
  }
});
