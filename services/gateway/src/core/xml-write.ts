import { itemNameOf } from '@vfleet/contracts/rest/xml-names';
import type { XmlElement } from './xml-element.ts';

/** A resource as an element: fields are elements of the same name, null and absent ones are left out, lists are wrapped. */
export function resourceElement(root: string, resource: unknown): XmlElement {
  return element(root, contentOf(root, resource));
}

/** A page of a list as an element: the items stand in the root itself, `next` after them. */
export function pageElement(
  { root, item }: { root: string; item: string },
  page: { items: readonly unknown[]; next: string | null },
): XmlElement {
  const items = page.items.map((each) => element(item, contentOf(item, each)));
  return element(root, [...items, ...fieldElements('next', page.next)]);
}

/** Writes an element as an XML document in UTF-8. A character XML cannot hold becomes U+FFFD. */
export function printXml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${print(root)}`;
}

function contentOf(name: string, value: unknown): XmlElement['children'] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) {
    const itemName = itemNameOf(name);
    return value.map((each) => element(itemName, contentOf(itemName, each)));
  }
  if (typeof value === 'object') return Object.entries(value).flatMap(([field, inner]) => fieldElements(field, inner));
  return [String(value)];
}

function fieldElements(name: string, value: unknown): XmlElement[] {
  return value === null || value === undefined ? [] : [element(name, contentOf(name, value))];
}

function element(name: string, children: XmlElement['children']): XmlElement {
  return { name, attributes: {}, children };
}

function print({ name, attributes, children }: XmlElement): string {
  const opening = Object.entries(attributes).reduce(
    (tag, [key, value]) => `${tag} ${key}="${escapeText(value)}"`,
    name,
  );
  const content = children.map((child) => (typeof child === 'string' ? escapeText(child) : print(child))).join('');
  return content === '' ? `<${opening}/>` : `<${opening}>${content}</${name}>`;
}

const ESCAPED: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' };
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML 1.0 forbids (section 2.2)
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replace(FORBIDDEN, '\u{fffd}')
    .replace(/[&<>"\r]/g, (character) => ESCAPED[character] ?? character);
}
