import { SaxesParser } from 'saxes';
import type { XmlElement } from '../../core/xml-element.ts';

type Open = XmlElement & { children: XmlElement[] };

/** A text that is no well-formed XML, or that has what a definition must not have. */
export class XmlRefused extends Error {
  override readonly name = 'XmlRefused';
}

/**
 * Reads an XML document as strictly as libvirt does (well-formed, namespaces declared), and where its elements stand in
 * the text. A DOCTYPE is refused, and with it all entities but those of XML itself. Throws XmlRefused.
 */
export function readXml(source: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true });
  const open: Open[] = [];
  let start = 0;
  let root: XmlElement | undefined;
  parser.on('error', (error) => {
    throw new XmlRefused(error.message);
  });
  parser.on('doctype', () => {
    throw new XmlRefused('it has a DOCTYPE, which libvirt does not take');
  });
  parser.on('opentagstart', () => {
    start = source.lastIndexOf('<', parser.position - 1);
  });
  parser.on('opentag', ({ name: tag, local: name, uri: namespace, attributes }) => {
    const values = Object.entries(attributes).map(([key, { value }]) => [key, value] as const);
    const element = { name, tag, namespace, attributes: Object.fromEntries(values), children: [], text: '' };
    open.push({ ...element, start, contentEnd: null, end: parser.position });
  });
  const addText = (text: string) => {
    const parent = open.at(-1);
    if (parent) parent.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', ({ isSelfClosing }) => {
    const element = open.pop();
    if (!element) throw new Error('the XML parser closed an element that it did not open');
    element.end = parser.position;
    element.contentEnd = isSelfClosing ? null : source.lastIndexOf('</', parser.position - 1);
    const parent = open.at(-1);
    if (parent) parent.children.push(element);
    else root = element;
  });
  parser.write(source).close();
  if (!root) throw new XmlRefused('it has no element');
  return root;
}
