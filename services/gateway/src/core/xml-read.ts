import type { Shape } from '@vfleet/contracts/rest/shape';
import { itemNameOf } from '@vfleet/contracts/rest/xml-names';
import type { RequestFault } from './problem-document.ts';
import { printable } from './read-fields.ts';
import { valueOfText } from './read-text.ts';
import type { XmlElement } from './xml-element.ts';

type Read = { value: unknown; faults: RequestFault[] };

/**
 * Reads an element as the value JSON would hold. An element that is absent is an absent field, an empty one is null
 * where null may be, a list's element holds its items, each under the list's name in the singular. A field `shape`
 * does not have stays in the value, without content: whether it is unknown or read only is judged as for JSON.
 */
export function readXml(root: XmlElement, { name, shape }: { name: string; shape: Shape }): Read {
  if (root.name !== name) return refused(`the root element is <${printable(root.name)}>, it must be <${name}>`);
  return readElement(root, shape);
}

function readElement(element: XmlElement, shape: Shape): Read {
  const attribute = Object.keys(element.attributes).find((each) => !/^xmlns(:|$)/.test(each));
  if (attribute !== undefined) {
    return {
      value: undefined,
      faults: [
        { code: 'UNKNOWN_FIELD', detail: `<${printable(element.name)}> takes no attribute ${printable(attribute)}` },
      ],
    };
  }
  if (shape.nullable && isEmpty(element, shape)) return { value: null, faults: [] };
  switch (shape.kind) {
    case 'object':
      return readObject(element, shape.fields);
    case 'list':
      return readList(element, shape.of);
    case 'text':
    case 'number':
    case 'boolean':
      return readScalar(element, shape);
  }
}

function readObject(element: XmlElement, fields: Readonly<Record<string, Shape>>): Read {
  const values = new Map<string, unknown>();
  const faults = strayText(element);
  for (const child of elementsOf(element)) {
    if (values.has(child.name)) {
      faults.push(fault(`<${printable(child.name)}> stands twice in <${element.name}>`));
      continue;
    }
    const shape = Object.hasOwn(fields, child.name) ? fields[child.name] : undefined;
    const read = shape ? readElement(child, shape) : { value: null, faults: [] };
    values.set(child.name, read.value);
    faults.push(...read.faults);
  }
  return { value: Object.fromEntries(values), faults };
}

function readList(element: XmlElement, of: Shape): Read {
  const itemName = itemNameOf(element.name);
  const faults = strayText(element);
  const items: unknown[] = [];
  for (const child of elementsOf(element)) {
    if (child.name !== itemName) {
      faults.push(fault(`<${element.name}> holds <${itemName}> elements, not <${printable(child.name)}>`));
      continue;
    }
    const item = readElement(child, of);
    items.push(item.value);
    faults.push(...item.faults);
  }
  return { value: items, faults };
}

function readScalar(element: XmlElement, shape: Shape): Read {
  const [inner] = elementsOf(element);
  if (inner) return refused(`<${element.name}> holds a text, not <${printable(inner.name)}>`);
  return { value: valueOfText(element.children.join(''), shape), faults: [] };
}

/** White space around elements and values means nothing, but a text is what it is. */
function isEmpty({ children }: XmlElement, { kind }: Shape): boolean {
  return children.every((child) => typeof child === 'string' && (kind === 'text' ? child : child.trim()) === '');
}

function elementsOf(element: XmlElement): XmlElement[] {
  return element.children.filter((child) => typeof child !== 'string');
}

function strayText(element: XmlElement): RequestFault[] {
  const text = element.children.find((child) => typeof child === 'string' && child.trim() !== '');
  return text === undefined
    ? []
    : [fault(`<${element.name}> holds elements, not the text "${printable(String(text).trim())}"`)];
}

function refused(detail: string): Read {
  return { value: undefined, faults: [fault(detail)] };
}

function fault(detail: string): RequestFault {
  return { code: 'INVALID_VALUE', detail };
}
