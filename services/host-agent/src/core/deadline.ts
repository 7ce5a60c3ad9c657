/** How long a driver may take for one write of `sriov_numvfs`: a fixed part and a part for every VF. */
type Allowance = { fixedMs: number; perVfMs: number };

const MOST_DRIVERS: Allowance = { fixedMs: 30_000, perVfMs: 2_000 };

/** Drivers seen to take longer: ixgbe over 60 s for 60 VFs, mlx5_core 65 s for 125 VFs. */
const SLOW_DRIVERS: ReadonlyMap<string, Allowance> = new Map([
  ['ixgbe', { fixedMs: 60_000, perVfMs: 4_000 }],
  ['mlx5_core', { fixedMs: 60_000, perVfMs: 4_000 }],
]);

/**
 * Milliseconds that a write of `sriov_numvfs`, or the wait for what it makes or removes, may take before it counts as
 * stuck. `vfs` is how many are made or removed; `overrideMs`, the administrator's setting, replaces the table.
 */
export function deadlineMs({
  driver,
  vfs,
  overrideMs,
}: {
  driver: string | null;
  vfs: number;
  overrideMs: number | null;
}): number {
  if (overrideMs !== null) return overrideMs;
  const { fixedMs, perVfMs } = SLOW_DRIVERS.get(driver ?? '') ?? MOST_DRIVERS;
  return fixedMs + perVfMs * vfs;
}
