import { refusal } from '@vfleet/contracts/refusals';
import { expect, it } from 'vitest';
import { problemOfFaults, problemOfRefusals } from './problem-document.ts';

it('tells every broken rule, under the status and the code of the most telling one', () => {
  const problem = problemOfRefusals([
    refusal('HOST_UNREACHABLE', 'alpha, since 10:00'),
    refusal('ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED', 'enp5s0f0v1: is open through vfio'),
    refusal('ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE', 'enp5s0f0: 9 is not in 0 - 7', 'Ask for 0 to 7.'),
  ]);

  expect(problem).toMatchObject({
    type: 'urn:vfleet:problem:ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE',
    status: 400,
    code: 'ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE',
    detail: 'alpha, since 10:00. enp5s0f0v1: is open through vfio. enp5s0f0: 9 is not in 0 - 7.',
  });
  expect(problem.refusals).toHaveLength(3);
  expect(problem.refusals[2]?.remedy).toBe('Ask for 0 to 7.');
});

it('tells a code that only a newer service knows as 409, and counts it for less than one it knows', () => {
  const strange = { code: 'TOO_HOT', detail: 'it melts', remedy: 'Cool it.' };
  expect(problemOfRefusals([strange])).toMatchObject({ status: 409, code: 'TOO_HOT', refusals: [strange] });
  const both = problemOfRefusals([strange, refusal('VM_NOT_EXIST', 'vm-1')]);
  expect(both).toMatchObject({ status: 404, code: 'VM_NOT_EXIST', refusals: [strange, { code: 'VM_NOT_EXIST' }] });
});

it('tells every fault of a request with its remedy', () => {
  const problem = problemOfFaults([
    { code: 'UNKNOWN_FIELD', detail: 'colour is not a field of host' },
    { code: 'INVALID_VALUE', detail: 'name: too long' },
  ]);

  expect(problem).toMatchObject({ status: 400, code: 'UNKNOWN_FIELD' });
  expect(problem.refusals.map(({ code }) => code)).toEqual(['UNKNOWN_FIELD', 'INVALID_VALUE']);
  for (const { remedy } of problem.refusals) expect(remedy).not.toBe('');
});

it('tells the first fifty faults, and how many more there are', () => {
  const faults = Array.from(
    { length: 100_000 },
    (_, index) => ({ code: 'UNKNOWN_FIELD', detail: `n${index}` }) as const,
  );
  const { refusals } = problemOfFaults([{ code: 'INVALID_VALUE', detail: 'name: too long' }, ...faults]);
  expect(refusals).toHaveLength(51);
  expect(refusals[49]).toMatchObject({ detail: 'n48' });
  expect(refusals[50]).toMatchObject({ code: 'UNKNOWN_FIELD', detail: 'and 99951 more faults' });
});
