import { expect, it } from 'vitest';
import { sampleVm, sampleVnic } from '../testing/sample-vm.ts';
import type { StoredVm } from './vm.ts';
import { pageOfVnics } from './vnic-page.ts';

const NAMES = ['nic10', 'Nic2', 'eth 0', 'ＮＩＣ1', 'nic2', 'é'];
const VM = sampleVm(NAMES.map((name, number) => sampleVnic(number, { name })));
const IN_ORDER = ['eth 0', 'ＮＩＣ1', 'nic10', 'Nic2', 'nic2', 'é'];

function walk(vm: StoredVm, limit: number): string[] {
  const seen: string[] = [];
  let cursor: string | undefined;
  for (;;) {
    const { page, next } = pageOfVnics(vm, { limit, cursor });
    expect(page.length).toBeLessThanOrEqual(limit);
    seen.push(...page.map(({ name }) => name));
    if (next === null) return seen;
    cursor = next;
  }
}

it.each([1, 2, 3, 5, 6, 100])('vNICs are in the order of their names, each once, %i a page', (limit) => {
  expect(walk(VM, limit)).toEqual(IN_ORDER);
});

it('and the next page is right when the last vNIC of the one before is gone', () => {
  const { next } = pageOfVnics(VM, { limit: 2 });
  const without = { ...VM, nics: VM.nics.filter(({ name }) => name !== 'ＮＩＣ1') };
  expect(pageOfVnics(without, { limit: 1, cursor: next ?? '' }).page[0]?.name).toBe('nic10');
});
