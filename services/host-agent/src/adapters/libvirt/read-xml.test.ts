import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { XmlElement } from '../../core/xml-element.ts';
import { anyDefinition } from '../../testing/domain-definitions.ts';
import { readXml } from './read-xml.ts';

it('tells where every element stands', () => {
  fc.assert(
    fc.property(anyDefinition, (source) => {
      for (const { tag, start, contentEnd, end } of everyOf(readXml(source))) {
        const text = source.slice(start, end);
        expect(text.startsWith(`<${tag}`)).toBe(true);
        if (contentEnd === null) expect(text.endsWith('/>')).toBe(true);
        else expect(source.slice(contentEnd, end)).toMatch(new RegExp(`^</${tag}\\s*>$`));
      }
    }),
  );
});

it('reads names, namespaces, attributes and text', () => {
  const source = '<a x="1 &lt; 2" xmlns:p="urn:p">one<p:b y=\'&#65;"\'/><![CDATA[<two>]]></a >';
  expect(readXml(source)).toMatchObject({
    name: 'a',
    namespace: '',
    attributes: { x: '1 < 2' },
    text: 'one<two>',
    children: [{ name: 'b', tag: 'p:b', namespace: 'urn:p', attributes: { y: 'A"' } }],
  });
});

it.each([
  '',
  'no element',
  '<a>',
  '<a></b>',
  '<a/><b/>',
  '<a b=c/>',
  '<a b="1" b="2"/>',
  '<a b="<"/>',
  '<p:a/>',
  '<a>&nbsp;</a>',
  '<a>&</a>',
  '<!DOCTYPE a><a/>',
  '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
  '<a>\u0000</a>',
  ' <?xml version="1.0"?><a/>',
])('refuses %j', (source) => {
  expect(() => readXml(source)).toThrow(expect.objectContaining({ name: 'XmlRefused' }));
});

function everyOf(element: XmlElement): XmlElement[] {
  return [element, ...element.children.flatMap(everyOf)];
}
