/** What is wrong with a listing: which device, which of its fields, and what was expected instead. */
export type DeviceError = { device: string | null; field: string | null; detail: string };

/** Tells a malformed field of the device at hand. */
export type Refuse = (field: string, detail: string) => void;

const MOST_ERRORS_TOLD = 50;
const MOST_CHARACTERS_SHOWN = 80;

/**
 * The errors as they are told: all of them up to fifty; beyond that the first fifty and how many more there are, so
 * that a thoroughly broken host cannot fill a ledger.
 */
export function toldErrors(errors: readonly DeviceError[]): DeviceError[] {
  const told = errors.slice(0, MOST_ERRORS_TOLD);
  const untold = errors.length - told.length;
  if (untold > 0) told.push({ device: null, field: null, detail: `and ${untold} more errors` });
  return told;
}

/** A value as an error shows it: text in quotes, containers by their kind, nothing longer than a line. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'string') return JSON.stringify(shortened(value));
  return shortened(String(value));
}

/** A name in the length that errors and logs can carry. */
export function shortened(text: string): string {
  return text.length > MOST_CHARACTERS_SHOWN ? `${text.slice(0, MOST_CHARACTERS_SHOWN)}…` : text;
}
