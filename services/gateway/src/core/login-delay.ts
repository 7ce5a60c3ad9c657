const FIRST_MS = 250;
const LONGEST_MS = 8000;

/** How long the answer to a failed login is held back, in milliseconds, after `failures` in a row from one address. */
export function loginDelay(failures: number): number {
  return Math.min(FIRST_MS * 2 ** Math.max(0, failures - 1), LONGEST_MS);
}
