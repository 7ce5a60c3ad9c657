import { expect, it } from 'vitest';
import { creationMs, timesOf } from './driver-times.ts';

it.each([
  { driver: 'igb', vfs: 7, seconds: 2.3 },
  { driver: 'ixgbe', vfs: 32, seconds: 3 },
  { driver: 'i40e', vfs: 64, seconds: 22 },
  { driver: 'mlx5_core', vfs: 4, seconds: 1.6 },
  { driver: 'mlx5_core', vfs: 8, seconds: 2.6 },
  { driver: 'mlx5_core', vfs: 16, seconds: 4.5 },
  { driver: 'mlx5_core', vfs: 125, seconds: 65 },
])('$driver takes $seconds s for the netdevs of $vfs VFs, as measured', ({ driver, vfs, seconds }) => {
  const times = timesOf(driver);
  const model = (creationMs(times, vfs) + times.netdev) / 1000;
  expect(Math.abs(model / seconds - 1)).toBeLessThan(0.1);
});
