import { expect, it } from 'vitest';
import { parseXml } from './parse-xml.ts';

it('keeps elements, texts and attributes in their order', () => {
  expect(parseXml('<a x="1">t<b/>&lt;&#65;</a>')).toEqual({
    name: 'a',
    attributes: { x: '1' },
    children: ['t', { name: 'b', attributes: {}, children: [] }, '<A'],
  });
});

it.each([
  ['nothing', ''],
  ['white space', '  \n'],
  ['text', 'host'],
  ['an unclosed element', '<host>'],
  ['crossed elements', '<a><b></a></b>'],
  ['two roots', '<a/><b/>'],
  ['text after the root', '<a/>text'],
  ['an attribute without quotes', '<a b=c/>'],
  ['an attribute that stands twice', '<a b="1" b="2"/>'],
  ['a lone ampersand', '<a>&</a>'],
  ['an entity that XML does not have', '<a>&nbsp;</a>'],
  ['a character that XML forbids', '<a>\u0000</a>'],
  ['an unclosed CDATA section', '<a><![CDATA[x</a>'],
  ['a name that is none', '<1a/>'],
  ['an entity declaration', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
  ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
  ['an external declaration', '<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd"><a/>'],
  ['entities that would grow', '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'],
  ['elements nested without end', '<a>'.repeat(100_000)],
])('refuses %s', (_, text) => {
  expect(() => parseXml(text)).toThrow();
});
