/**
 * An element of an XML document that was read elsewhere, with where it stands in the text: `start` of its first `<`,
 * `end` behind its last `>`, `contentEnd` of its end tag's `<`, null when it has none (`<a/>`). `name` is without
 * prefix, `tag` with it; attributes by their names as written; `text` is what stands directly in it.
 */
export type XmlElement = {
  name: string;
  tag: string;
  namespace: string;
  attributes: Readonly<Record<string, string>>;
  children: readonly XmlElement[];
  text: string;
  start: number;
  contentEnd: number | null;
  end: number;
};

/** The children of one name in libvirt's own vocabulary, which has no namespace. */
export function childrenOf(element: XmlElement | undefined, name: string): XmlElement[] {
  return element?.children.filter((child) => child.name === name && child.namespace === '') ?? [];
}

/** The first child of one name in libvirt's own vocabulary. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return childrenOf(element, name)[0];
}

/** A text as it may stand in an attribute or between tags, in a document of any encoding. */
export function escaped(text: string): string {
  return text.replace(/[&<>"'\p{Cc}]|\P{ASCII}/gu, (character) => `&#${character.codePointAt(0)};`);
}

/** An element with attributes; those that are null are left out. Without content it closes itself. */
export function xml(tag: string, attributes: Readonly<Record<string, string | null>> = {}, content = ''): string {
  const told = Object.entries(attributes).flatMap(([name, value]) =>
    value === null ? [] : [` ${name}='${escaped(value)}'`],
  );
  const opened = `<${tag}${told.join('')}`;
  return content === '' ? `${opened}/>` : `${opened}>${content}</${tag}>`;
}
