import type { VfsConfig } from '@vfleet/contracts/vocabulary/vfs-config';
import { describe, expect, it } from 'vitest';
import { CONFIG } from '../testing/fleet.ts';
import { generationToAwait, settledBy } from './settlement.ts';

const saved = (over: Partial<VfsConfig>): VfsConfig => ({
  ...CONFIG,
  num_of_vfs: 4,
  existing_num_of_vfs: 4,
  generation: 3,
  observed_generation: 3,
  ...over,
});

describe('an update waits', () => {
  it.each([
    {
      given: 'an MTU that makes a new generation',
      asked: { mtu: 9000 },
      over: { generation: 4, state: 'changing' },
      awaited: 4,
    },
    {
      given: 'an MTU to be left alone again',
      asked: { mtu: null },
      over: { generation: 4, state: 'changing' },
      awaited: 4,
    },
    {
      given: 'a number that makes a new generation',
      asked: { num_of_vfs: 4 },
      over: { generation: 4, state: 'changing' },
      awaited: 4,
    },
    {
      given: 'a generation the agent has not taken yet',
      asked: { num_of_vfs: 4 },
      over: { generation: 4 },
      awaited: 4,
    },
    {
      given: 'a first generation',
      asked: { num_of_vfs: 4 },
      over: { generation: 1, observed_generation: 0 },
      awaited: 1,
    },
    { given: 'a number that changes nothing', asked: { num_of_vfs: 4 }, over: {}, awaited: null },
    {
      given: 'no number, while another change runs',
      asked: {},
      over: { generation: 4, state: 'changing' },
      awaited: null,
    },
    {
      given: 'an interface that was never managed',
      asked: {},
      over: { generation: 0, observed_generation: 0, state: 'unmanaged' },
      awaited: null,
    },
  ] as const)('for $awaited, given $given', ({ asked, over, awaited }) => {
    expect(generationToAwait(asked, saved(over))).toBe(awaited);
  });
});

describe('a settlement', () => {
  it('that is open goes on', () => expect(settledBy({ state: 'open' }, 'enp5s0f0')).toEqual({ kind: 'open' }));

  it('that applied is done', () => expect(settledBy({ state: 'applied' }, 'enp5s0f0')).toEqual({ kind: 'applied' }));

  it.each([
    {
      outcome: { state: 'superseded', by: 5 },
      code: 'SUPERSEDED',
      detail: 'enp5s0f0: generation 5 has overtaken this change before it was settled',
    },
    {
      outcome: {
        state: 'refused',
        code: 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED',
        cause: 'enp5s0f0v1 is open through vfio',
        remedy: 'Stop vm-1.',
      },
      code: 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED',
      detail: 'enp5s0f0: enp5s0f0v1 is open through vfio',
      remedy: 'Stop vm-1.',
    },
    {
      outcome: {
        state: 'refused',
        code: 'ACTION_TYPE_FAILED_PF_MTU_CANNOT_BE_CHANGED',
        cause: 'enp5s0f0v1 is open through vfio',
        remedy: 'Stop vm-1.',
      },
      code: 'ACTION_TYPE_FAILED_PF_MTU_CANNOT_BE_CHANGED',
      detail: 'enp5s0f0: enp5s0f0v1 is open through vfio',
      remedy: 'Stop vm-1.',
    },
    {
      outcome: { state: 'refused', code: 'EXISTING_VFS_CHANGED', cause: 'it has 5', remedy: 'Adopt that.' },
      code: 'EXISTING_VFS_CHANGED',
      detail: 'enp5s0f0: it has 5',
      remedy: 'Adopt that.',
    },
    {
      outcome: {
        state: 'failed',
        code: 'MTU_REFUSED',
        cause: 'the kernel refused an MTU of 9500',
        remedy: 'Ask for less.',
        existing: 2,
      },
      code: 'UPDATE_PF_MTU_FAILURE',
      detail: 'enp5s0f0: the kernel refused an MTU of 9500 (MTU_REFUSED); the host holds 2 virtual functions now',
      remedy: 'Ask for less.',
    },
    {
      outcome: {
        state: 'failed',
        code: 'ENOSPC',
        cause: 'no MSI-X vectors left',
        remedy: 'Ask for fewer.',
        existing: 2,
      },
      code: 'UPDATE_NUM_VFS_FAILURE',
      detail: 'enp5s0f0: no MSI-X vectors left (ENOSPC); the host holds 2 virtual functions now',
      remedy: 'Ask for fewer.',
    },
    {
      outcome: {
        state: 'failed',
        code: 'EIO',
        cause: 'the card does not answer',
        remedy: 'Look at dmesg.',
        existing: null,
      },
      code: 'UPDATE_NUM_VFS_FAILURE',
      detail:
        'enp5s0f0: the card does not answer (EIO); how many virtual functions the host holds now could not be read',
      remedy: 'Look at dmesg.',
    },
  ] as const)('$outcome.state is told as $code', ({ outcome, code, detail, ...told }) => {
    const settled = settledBy(outcome, 'enp5s0f0');
    expect(settled).toMatchObject({ kind: 'refused', refusals: [{ code, detail, ...told }] });
  });
});
