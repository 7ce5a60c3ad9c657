import type { Shape } from '@vfleet/contracts/rest/shape';
import type { RequestFault } from './problem-document.ts';

export type Fields = { [name: string]: unknown };
type ObjectShape = Extract<Shape, { kind: 'object' }>;

/**
 * Takes the writable fields out of a body. Those that `known` has beside them are read only and dropped, whatever
 * they hold, so that what was read can be put back; any other is a fault that names it. `what` names the body.
 */
export function readFields(
  body: unknown,
  { writable, known, what }: { writable: ObjectShape; known: Shape; what: string },
): { fields: Fields; faults: RequestFault[] } {
  if (!isFields(body))
    return { fields: {}, faults: [{ code: 'INVALID_VALUE', detail: `${what}: must be an object of fields` }] };
  const readOnly = known.kind === 'object' ? known.fields : {};
  const fields: [string, unknown][] = [];
  const faults: RequestFault[] = [];
  for (const [name, value] of Object.entries(body)) {
    const shape = fieldOf(writable.fields, name);
    if (!shape) {
      if (!fieldOf(readOnly, name)) faults.push(unknownField(name, { what, names: Object.keys(writable.fields) }));
      continue;
    }
    const inner = readValue(value, { shape, known: fieldOf(readOnly, name) ?? shape, what: `${what}.${name}` });
    fields.push([name, inner.value]);
    for (const fault of inner.faults) faults.push(fault);
  }
  return { fields: Object.fromEntries(fields), faults };
}

/** The fault of a field that is not there, naming those that are. */
export function unknownField(name: string, { what, names }: { what: string; names: readonly string[] }): RequestFault {
  const takes = names.length === 0 ? 'takes none' : `takes ${names.join(', ')}`;
  return { code: 'UNKNOWN_FIELD', detail: `${printable(name)} is not a field of ${what}, which ${takes}` };
}

/** A name a caller sent, short enough for a message and without control characters. */
export function printable(name: string): string {
  const plain = name.slice(0, 65).replace(/\p{C}/gu, '\u{fffd}');
  return name.length > 64 ? `${plain.slice(0, 64).toWellFormed()}…` : plain;
}

/** What is neither an object nor a list where one is due is for the schema to refuse, in its own words. */
function readValue(
  value: unknown,
  { shape, known, what }: { shape: Shape; known: Shape; what: string },
): { value: unknown; faults: RequestFault[] } {
  if (shape.kind === 'object' && isFields(value)) {
    const { fields, faults } = readFields(value, { writable: shape, known, what });
    return { value: fields, faults };
  }
  if (shape.kind !== 'list' || !Array.isArray(value)) return { value, faults: [] };
  const of = { shape: shape.of, known: known.kind === 'list' ? known.of : shape.of };
  const items = value.map((item, index) => readValue(item, { ...of, what: `${what}.${index}` }));
  return { value: items.map((item) => item.value), faults: items.flatMap(({ faults }) => faults) };
}

function fieldOf(fields: ObjectShape['fields'], name: string): Shape | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
