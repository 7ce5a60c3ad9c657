import { SaxesParser } from 'saxes';
import type { XmlElement } from './core/xml-element.ts';

/** No resource is nested half as deep; the limit keeps what walks the element from running out of stack. */
const DEEPEST = 64;

type Open = { name: string; attributes: Record<string, string>; children: (XmlElement | string)[] };

/**
 * Parses a well-formed document. Throws an error that says where it is not. A document type declaration is refused,
 * so no entity but the five of XML itself can be meant, nothing is fetched and nothing expands.
 */
export function parseXml(text: string): XmlElement {
  const parser = new SaxesParser({ xmlns: false });
  const open: Open[] = [];
  let root: XmlElement | undefined;
  parser.on('error', (problem) => {
    throw problem;
  });
  parser.on('doctype', () => parser.fail('a document type declaration is refused'));
  parser.on('opentag', ({ name, attributes }) => {
    if (open.length >= DEEPEST) parser.fail('the elements are nested too deeply');
    open.push({ name, attributes, children: [] });
  });
  parser.on('closetag', () => {
    const closed = open.pop();
    if (!closed) return;
    const parent = open.at(-1);
    if (parent) parent.children.push(closed);
    else root = closed;
  });
  const addText = (piece: string) => open.at(-1)?.children.push(piece);
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.write(text).close();
  if (!root) throw new Error('there is no root element');
  return root;
}
