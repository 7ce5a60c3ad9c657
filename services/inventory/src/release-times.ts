import type { ReleaseTimes } from './core/released-claims.ts';

/** As long as a message can be under way, in milliseconds: so long a released claim is remembered. */
const REMEMBERED_MS = 24 * 3_600_000;

/** What releasing claims at `now` (ISO 8601) goes by. */
export function releaseTimes(now: string): ReleaseTimes {
  return { now, forgetBefore: new Date(Date.parse(now) - REMEMBERED_MS).toISOString() };
}
