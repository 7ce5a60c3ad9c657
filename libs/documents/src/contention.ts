import { fingerprint } from './fingerprint.ts';

/** A version conflict is answered by reading and deciding again, this many times in all. */
export const ATTEMPTS = 20;
/** So many at once: most who lose a race win the next. Those after them pause, each its own time. */
const AT_ONCE = 5;

const FIRST_MS = 10;
const LONGEST_MS = 250;

/**
 * Milliseconds to wait before an attempt, counted from 1: up to a growing bound, so that those who stand in each other's
 * way fall apart. Which part of it hangs on the message alone: decisions need no randomness. All of them are 1.5 s on
 * average.
 */
export function pauseBefore(attempt: number, messageId: string): number {
  if (attempt <= AT_ONCE) return 0;
  const bound = Math.min(FIRST_MS * 2 ** (attempt - AT_ONCE - 1), LONGEST_MS);
  const part = Number.parseInt(fingerprint([messageId, attempt]).slice(0, 8), 16) / 2 ** 32;
  return Math.ceil(bound * part);
}
