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
    } else if (shape.kind === 'object' && isFields(value)) {
      const inner = readFields(value, {
        writable: shape,
        known: fieldOf(readOnly, name) ?? shape,
        what: `${what}.${name}`,
      });
      fields.push([name, inner.fields]);
      faults.push(...inner.faults);
    } else {
      fields.push([name, value]);
    }
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
  const plain = name.replace(/\p{C}/gu, '\u{fffd}');
  return plain.length > 64 ? `${plain.slice(0, 64)}…` : plain;
}

function fieldOf(fields: ObjectShape['fields'], name: string): Shape | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
