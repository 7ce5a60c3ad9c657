import { parse as parseWithoutDuplicates } from 'lossless-json';

/**
 * Parses JSON. Throws an error that says where it is none, and on a name that stands twice in an object with
 * different values, of which two readers could take two different ones.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  try {
    parseWithoutDuplicates(text, null, Number);
  } catch (error) {
    throw error instanceof RangeError ? new Error('the values are nested too deeply') : error;
  }
  return value;
}
