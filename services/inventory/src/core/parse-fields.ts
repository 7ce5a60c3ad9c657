import { type Refuse, shown } from './parse-errors.ts';

/** A JSON object whose fields are its own. */
export type Fields = Readonly<Record<string, unknown>>;

/** Two spellings of one field: `totalvfs` and the feature page's `sriov_totalvfs`. */
export type Spellings = { now: string; earlier: string };

const DECIMAL = /^-?[0-9]{1,10}$/;

/**
 * Whether a value is a JSON object. One with a prototype of its own making is none: a key `__proto__` that was
 * assigned rather than parsed would otherwise lend a device fields that it does not have.
 */
export function isObject(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Text for people or of no consequence: absent, null and empty are all null. */
export function readText(fields: Fields, field: string, refuse: Refuse): string | null {
  const value = fields[field];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string') return value;
  refuse(field, `is ${shown(value)}; text is expected`);
  return null;
}

/** A name other things hang on: absent and null are null, an empty one is an error. */
export function readName(fields: Fields, field: string, refuse: Refuse): string | null {
  const value = fields[field];
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' && value !== '') return value;
  refuse(field, `is ${shown(value)}; a name is expected`);
  return null;
}

/**
 * A whole number within bounds; absent and null are null. Numbers and decimal text are one: sysfs and libvirt give
 * text, some reporters turn it into a number.
 */
export function readNumber(
  fields: Fields,
  field: string,
  { least, most }: { least: number; most: number },
  refuse: Refuse,
): number | null {
  const value = fields[field];
  if (value === undefined || value === null) return null;
  const number = wholeNumber(value);
  if (number !== undefined && number >= least && number <= most) return number;
  refuse(field, `is ${shown(value)}; a whole number from ${least} to ${most} is expected`);
  return null;
}

/** True or false, as a boolean or as text in any case; absent and null are the given value. */
export function readFlag(fields: Fields, field: string, { absent }: { absent: boolean }, refuse: Refuse): boolean {
  const value = fields[field];
  if (value === undefined || value === null) return absent;
  if (value === 'true' || value === true) return true;
  if (value === 'false' || value === false) return false;
  const lower = typeof value === 'string' ? value.toLowerCase() : '';
  if (lower === 'true' || lower === 'false') return lower === 'true';
  refuse(field, `is ${shown(value)}; "true" or "false" is expected`);
  return absent;
}

/** One field under either of two spellings; both at once must say the same. */
export function readEither<Value>(
  spellings: Spellings,
  read: (field: string) => Value | null,
  refuse: Refuse,
): Value | null {
  const now = read(spellings.now);
  const earlier = read(spellings.earlier);
  if (now !== null && earlier !== null && now !== earlier) {
    refuse(spellings.earlier, `is ${shown(earlier)}, but ${spellings.now} is ${shown(now)}`);
  }
  return now ?? earlier;
}

/** A whole number, or the one that decimal text spells; undefined for anything else. */
export function wholeNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined;
  if (typeof value === 'string' && DECIMAL.test(value)) return Number(value);
  return undefined;
}
