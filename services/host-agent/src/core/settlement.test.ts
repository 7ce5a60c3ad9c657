import { MTU_IN_USE_CODE } from '@vfleet/contracts/vocabulary/pf-mtu';
import { EXISTING_CHANGED_CODE } from '@vfleet/contracts/vocabulary/vfs-change';
import { expect, it } from 'vitest';
import { IN_USE_CODE } from './failure-causes.ts';
import { appliedSettlement, failedSettlement } from './settlement.ts';

const change = { vfsConfigId: 'c1', generation: 5, to: 7, mtu: 9000 };
const because = (code: string) => ({ code, cause: 'a cause', remedy: 'a remedy' });

it('applied holds what was wanted', () => {
  expect(appliedSettlement(change)).toEqual({
    vfsConfigId: 'c1',
    generation: 5,
    wanted: 7,
    wantedMtu: 9000,
    outcome: { result: 'applied' },
    existing: 7,
  });
});

it.each([
  { code: IN_USE_CODE, hasWritten: false, result: 'refused' },
  { code: IN_USE_CODE, hasWritten: true, result: 'failed' },
  { code: MTU_IN_USE_CODE, hasWritten: false, result: 'refused' },
  { code: EXISTING_CHANGED_CODE, hasWritten: false, result: 'refused' },
  { code: 'ENOSPC', hasWritten: false, result: 'failed' },
  { code: 'ENOSPC', hasWritten: true, result: 'failed' },
])('$code, written: $hasWritten, is $result', ({ code, hasWritten, result }) => {
  expect(failedSettlement(change, because(code), { existing: 4, hasWritten })).toEqual({
    vfsConfigId: 'c1',
    generation: 5,
    wanted: 7,
    wantedMtu: 9000,
    outcome: { result, failure: because(code) },
    existing: 4,
  });
});
