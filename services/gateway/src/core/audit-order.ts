/** Above every time in milliseconds until the year 5138. */
const END_OF_TIME = 99_999_999_999_999;

/**
 * The id of an entry of the audit log, by when it was done (milliseconds since the epoch), then by what it tells of.
 * Ids are in the order of time with the newest first, and logging one thing twice is logging it once.
 */
export function auditIdOf(at: number, tellsOf: string): string {
  return `${countdown(at)}-${tellsOf.replace(/[^\x21-\x7e]/g, '_')}`;
}

/** The id before which every entry of `at` and later stands, and after which all older ones do. */
export function endOfAudit(at: number): string {
  return `${countdown(at)}.`;
}

function countdown(at: number): string {
  return String(Math.max(0, END_OF_TIME - at)).padStart(14, '0');
}
