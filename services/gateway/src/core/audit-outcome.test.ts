import { expect, it } from 'vitest';
import { auditOutcomeOf } from './audit-outcome.ts';

it.each([
  [{ status: 200 }, 'done'],
  [{ status: 201 }, 'done'],
  [{ status: 204 }, 'done'],
  [{ status: 202 }, 'accepted'],
  [{ status: 400, codes: ['UNKNOWN_FIELD'] }, 'refused'],
  [{ status: 404, codes: ['VM_NOT_EXIST'] }, 'refused'],
  [{ status: 409, codes: ['VM_IS_BUSY'] }, 'refused'],
  [{ status: 409, codes: ['HOST_FAILED_TO_START_VM'], failed: true }, 'failed'],
  [{ status: 502, codes: ['UPDATE_NUM_VFS_FAILURE'] }, 'failed'],
  [{ status: 503, codes: ['HOST_UNREACHABLE'] }, 'refused'],
  [{ status: 503, codes: ['OUTCOME_UNKNOWN'] }, 'unknown'],
  [{ status: 500, codes: ['INTERNAL_FAULT'] }, 'unknown'],
] as const)('%j came out as %s', (told, outcome) => {
  expect(auditOutcomeOf({ codes: [], failed: false, ...told })).toBe(outcome);
});
