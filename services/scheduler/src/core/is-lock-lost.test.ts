import { describe, expect, it } from 'vitest';
import { isLockLost } from './is-lock-lost.ts';
import { PlacementState } from './placement.ts';

describe('a VM that is locked by a placement', () => {
  it.each(PlacementState.options)('has lost it when the placement is down, which is %s', (state) => {
    expect(isLockLost({ placementId: 'p1', state }, 'p1')).toBe(state === 'down');
  });

  it('has lost it when another one followed, or none was ever there', () => {
    expect(isLockLost({ placementId: 'p2', state: 'running' }, 'p1')).toBe(true);
    expect(isLockLost(undefined, 'p1')).toBe(true);
  });
});
