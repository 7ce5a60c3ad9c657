import type { Ledger } from '@vfleet/inventory/core/ledger';
import { expect, it } from 'vitest';
import { type TrueDomain, violationsOf } from './truth.ts';

const VF = '0000:05:10.0';
const domain = (change: Partial<TrueDomain> = {}): TrueDomain => ({
  ...{ hostId: 'h1', vmId: 'v1', name: 'v1', vfs: [VF] },
  ...change,
});
const ledger = (...vms: string[]) =>
  ({ id: 'h1', claims: vms.map((id) => ({ pciAddress: VF, vm: { id } })) }) as unknown as Ledger;

it.each<[string, TrueDomain[], Ledger[], string[]]>([
  ['a VF that its VM holds', [domain()], [ledger('v1')], []],
  ['a VF in two domains', [domain(), domain({ vmId: 'v2' })], [ledger('v1')], ['two domains', 'without a claim']],
  ['a VM on two hosts', [domain({ vfs: [] }), domain({ hostId: 'h2', vfs: [] })], [ledger()], ['runs twice']],
  ['a VF with two claims', [], [ledger('v1', 'v2')], ['two claims']],
  ['a VF held without a claim', [domain()], [ledger()], ['without a claim']],
  ['a VF claimed for another', [domain()], [ledger('v2')], ['without a claim']],
])('tells of %s what is wrong', (_, domains, ledgers, parts) => {
  const found = violationsOf(domains, ledgers);
  expect(found).toHaveLength(parts.length);
  for (const part of parts) expect(found.join('; ')).toContain(part);
});
