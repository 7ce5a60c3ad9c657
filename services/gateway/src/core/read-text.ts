import type { Shape } from '@vfleet/contracts/rest/shape';

/**
 * What a text stands for where a value of `shape` is expected: XML and query strings know texts only. A text that is
 * no such value stays a text, for the schema to refuse with its own words.
 */
export function valueOfText(text: string, shape: Shape): unknown {
  const trimmed = text.trim();
  switch (shape.kind) {
    case 'number':
      return /^-?\d{1,16}(\.\d{1,16})?$/.test(trimmed) ? Number(trimmed) : text;
    case 'boolean':
      return trimmed === 'true' ? true : trimmed === 'false' ? false : text;
    case 'text':
    case 'object':
    case 'list':
      return text;
  }
}
