import type { DriverTimes } from './scenario.ts';

/**
 * Times as they were measured on real cards: igb 7 VFs 2.3 s and removal 2.2 s (the kernel sleeps 1 s in it); ixgbe 32
 * VFs 3 s until netdevs; i40e 64 VFs 22 s; mlx5_core 4, 8, 16, 125 VFs 1.6, 2.6, 4.5, 65 s, which is not linear.
 */
const TIMES: ReadonlyMap<string, DriverTimes> = new Map([
  ['igb', { create: { fixed: 200, perVf: 300, perVfSquared: 0 }, remove: { fixed: 1000, perVf: 175 }, netdev: 60 }],
  ['ixgbe', { create: { fixed: 200, perVf: 50, perVfSquared: 0 }, remove: { fixed: 1000, perVf: 30 }, netdev: 1200 }],
  ['i40e', { create: { fixed: 240, perVf: 340, perVfSquared: 0 }, remove: { fixed: 1000, perVf: 60 }, netdev: 400 }],
  [
    'mlx5_core',
    { create: { fixed: 650, perVf: 190, perVfSquared: 2.59 }, remove: { fixed: 1000, perVf: 90 }, netdev: 150 },
  ],
]);

const UNKNOWN_DRIVER: DriverTimes = {
  create: { fixed: 200, perVf: 100, perVfSquared: 0 },
  remove: { fixed: 1000, perVf: 50 },
  netdev: 100,
};

/** The times of a driver, in milliseconds. */
export function timesOf(driver: string): DriverTimes {
  return TIMES.get(driver) ?? UNKNOWN_DRIVER;
}

/** How long a write that makes `vfs` VFs takes until it returns. */
export function creationMs({ create }: DriverTimes, vfs: number): number {
  return create.fixed + create.perVf * vfs + create.perVfSquared * vfs * vfs;
}

/** How long a write of 0 takes with `vfs` VFs there. */
export function removalMs({ remove }: DriverTimes, vfs: number): number {
  return remove.fixed + remove.perVf * vfs;
}
