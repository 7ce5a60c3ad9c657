import { expect, it } from 'vitest';
import { loginDelay } from './login-delay.ts';

it('grows with every failure, up to eight seconds', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 2000].map(loginDelay)).toEqual([250, 500, 1000, 2000, 4000, 8000, 8000, 8000]);
});
