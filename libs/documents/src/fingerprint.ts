import { createHash } from 'node:crypto';

/** SHA-256 of a JSON value's canonical text (keys in order): equal for equal requests, however they were written. */
export function fingerprint(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, inKeyOrder)).digest('hex');
}

function inKeyOrder(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
