/** How long a driver takes for n VFs, in seconds: `fixed + perVf n + perVfSquared n²`. */
type Times = { fixed: number; perVf: number; perVfSquared?: number };

/** `netdevs` is how much later the last netdev comes than the write that makes the VFs ends. */
type DriverTimes = { make: Times; remove: Times; netdevs: number };

/**
 * Times as they were measured (failure-modes.md, Numbers found): igb 7 VFs in 2.3 s; ixgbe 32 VFs in 3 s until their
 * netdevs; i40e 64 VFs in 22 s; mlx5_core 4, 8, 16 and 125 VFs in 1.6, 2.6, 4.5 and 65 s, which is not linear. The
 * kernel sleeps a second in every removal.
 */
const DRIVERS: ReadonlyMap<string, DriverTimes> = new Map([
  ['igb', { make: { fixed: 0.3, perVf: 0.3 }, remove: { fixed: 1, perVf: 0.2 }, netdevs: 0.1 }],
  ['ixgbe', { make: { fixed: 0.3, perVf: 0.05 }, remove: { fixed: 1, perVf: 0.03 }, netdevs: 1 }],
  ['i40e', { make: { fixed: 0.3, perVf: 0.34 }, remove: { fixed: 1, perVf: 0.06 }, netdevs: 0.4 }],
  [
    'mlx5_core',
    { make: { fixed: 0.7, perVf: 0.19, perVfSquared: 0.0026 }, remove: { fixed: 1, perVf: 0.09 }, netdevs: 0.2 },
  ],
]);

const OTHER: DriverTimes = { make: { fixed: 0.3, perVf: 0.1 }, remove: { fixed: 1, perVf: 0.05 }, netdevs: 0.2 };

/** Intel's drivers take the port down and up again for another MTU. */
const MTU_SECONDS = 1;

/**
 * About how many seconds a host takes to go from one number of VFs to another, to a tenth, and to set another MTU. The
 * same number again touches no VF and takes none worth telling.
 */
export function estimateSeconds({
  driver,
  from,
  to,
  setsMtu,
}: {
  driver: string | null;
  from: number;
  to: number;
  setsMtu: boolean;
}): number {
  const mtuSeconds = setsMtu ? MTU_SECONDS : 0;
  if (from === to) return mtuSeconds;
  const { make, remove, netdevs } = DRIVERS.get(driver ?? '') ?? OTHER;
  const seconds = (from > 0 ? timeOf(remove, from) : 0) + (to > 0 ? timeOf(make, to) + netdevs : 0);
  return Math.round((seconds + mtuSeconds) * 10) / 10;
}

function timeOf({ fixed, perVf, perVfSquared = 0 }: Times, vfs: number): number {
  return fixed + perVf * vfs + perVfSquared * vfs * vfs;
}
