import { expect, it } from 'vitest';
import { claimed, sampleLedger, sampleVf } from '../testing/sample-ledger.ts';
import { decideMaintenance } from './decide-maintenance.ts';

const NOW = '2026-01-02T00:00:00.000Z';
const LATER = '2026-01-03T00:00:00.000Z';
const ACTIVE = claimed(sampleLedger({ vfs: [sampleVf(0), sampleVf(1)] }));
const KEPT_OUT = { ...ACTIVE, maintenanceSince: NOW, revision: 2 };

it('keeps a host out of scheduling and touches nothing that runs there', () => {
  expect(decideMaintenance(ACTIVE, true, NOW)).toEqual(KEPT_OUT);
});

it('gives it back', () => {
  expect(decideMaintenance(KEPT_OUT, false, LATER)).toEqual({ ...ACTIVE, revision: 3 });
});

it.each([
  ['in maintenance since before', KEPT_OUT, true],
  ['active', ACTIVE, false],
])('changes nothing of a host that is %s', (_, ledger, maintenance) => {
  expect(decideMaintenance(ledger, maintenance, LATER)).toBeUndefined();
});
