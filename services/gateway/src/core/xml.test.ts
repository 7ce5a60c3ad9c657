import { type Shape, shapeOf } from '@vfleet/contracts/rest/shape';
import { VfsConfig } from '@vfleet/contracts/vocabulary/vfs-config';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseXml } from '../parse-xml.ts';
import { readXml } from './xml-read.ts';
import { pageElement, printXml, resourceElement } from './xml-write.ts';

const shape = shapeOf(VfsConfig);
const read = (xml: string, of: Shape = shape) => readXml(parseXml(xml), { name: 'vfs_config', shape: of });
const text = fc.string({ unit: 'grapheme' }).filter((each) => !/[\p{Cc}\u{fffe}\u{ffff}]/u.test(each));
const configs = fc.record({
  id: text,
  num_of_vfs: fc.nat(),
  all_networks_allowed: fc.boolean(),
  // A text that may be null is never empty: XML could not tell the two apart.
  networks: fc.array(fc.record({ id: text, name: text, via_label: fc.option(text.filter((each) => each !== '')) })),
  labels: fc.array(text),
  last_error: fc.option(fc.record({ code: text, cause: text, remedy: text })),
});

describe('XML', () => {
  it('has a list in an element of its own, no element for null, and the root named after the resource', () => {
    const xml = printXml(
      resourceElement('vfs_config', {
        num_of_vfs: 4,
        all_networks_allowed: false,
        networks: [{ id: 'n1', name: 'red & blue', via_label: null }],
        labels: [],
        last_error: null,
      }),
    );
    expect(xml).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<vfs_config><num_of_vfs>4</num_of_vfs><all_networks_allowed>false</all_networks_allowed>' +
        '<networks><network><id>n1</id><name>red &amp; blue</name></network></networks><labels/></vfs_config>',
    );
  });

  it('has the items of a page in the root', () => {
    const page = { items: [{ id: 'a' }, { id: 'b' }], next: 'c2' };
    expect(printXml(pageElement({ root: 'hosts', item: 'host' }, page))).toContain(
      '<hosts><host><id>a</id></host><host><id>b</id></host><next>c2</next></hosts>',
    );
    expect(printXml(pageElement({ root: 'hosts', item: 'host' }, { items: [], next: null }))).toContain('<hosts/>');
  });

  it('holds any text, though not every character', () => {
    const odd = printXml(resourceElement('host', { name: 'a\u0000\u0007\ud800<]]>\r\n"\u{1f600}' }));
    expect(parseXml(odd).children).toMatchObject([{ children: ['a\u{fffd}\u{fffd}\u{fffd}<]]>\r\n"\u{1f600}'] }]);
  });

  it('is read as what was written, absent for null', () => {
    fc.assert(
      fc.property(configs, (config) => {
        const { value, faults } = read(printXml(resourceElement('vfs_config', config)));
        expect(faults).toEqual([]);
        expect(value).toEqual(withoutNulls(config));
      }),
    );
  });

  it('has an empty element for null where null may be', () => {
    const network: Shape = {
      kind: 'object',
      fields: {
        vlan_id: { kind: 'number', nullable: true },
        label: { kind: 'text', nullable: true },
        qos: { kind: 'object', fields: { id: { kind: 'text' } }, nullable: true },
        trust: { kind: 'boolean', nullable: true },
        extra: { kind: 'list', of: { kind: 'text' }, nullable: true },
        description: { kind: 'text' },
        mtu: { kind: 'number' },
        roles: { kind: 'list', of: { kind: 'text' } },
        vf: { kind: 'object', fields: {} },
      },
    };
    const { value, faults } = read(
      '<vfs_config><vlan_id/><label></label><qos>\n  </qos><trust> </trust><extra/><description/><mtu/><roles/><vf/></vfs_config>',
      network,
    );
    expect(faults).toEqual([]);
    expect(value).toEqual({
      ...{ vlan_id: null, label: null, qos: null, trust: null, extra: null },
      ...{ description: '', mtu: '', roles: [], vf: {} },
    });
    expect(read('<vfs_config><label> </label><qos><id/></qos></vfs_config>', network).value).toEqual({
      label: ' ',
      qos: { id: '' },
    });
    expect(read('<vfs_config><vlan_id id="4"/></vfs_config>', network).faults).toHaveLength(1);
  });

  it('gives values of the type the schema has, and leaves others for the schema to refuse', () => {
    const { value } = read(
      '<vfs_config><num_of_vfs> 7 </num_of_vfs><all_networks_allowed>true</all_networks_allowed><generation>soon</generation></vfs_config>',
    );
    expect(value).toEqual({ num_of_vfs: 7, all_networks_allowed: true, generation: 'soon' });
  });

  it('keeps the name of a field it does not know, for the rule on unknown fields', () => {
    const { value, faults } = read('<vfs_config><colour shade="dark"><deep/></colour><__proto__/></vfs_config>');
    expect(Object.keys(value as object)).toEqual(['colour', '__proto__']);
    expect(faults).toEqual([]);
  });

  it.each([
    ['<host/>', 'the root element is <host>, it must be <vfs_config>'],
    ['<vfs_config id="c1"/>', '<vfs_config> takes no attribute id'],
    [
      '<vfs_config><num_of_vfs>1</num_of_vfs><num_of_vfs>2</num_of_vfs></vfs_config>',
      '<num_of_vfs> stands twice in <vfs_config>',
    ],
    ['<vfs_config>four</vfs_config>', '<vfs_config> holds elements, not the text "four"'],
    ['<vfs_config><num_of_vfs><n>4</n></num_of_vfs></vfs_config>', '<num_of_vfs> holds a text, not <n>'],
    ['<vfs_config><labels><name>a</name></labels></vfs_config>', '<labels> holds <label> elements, not <name>'],
    ['<vfs_config><labels>a</labels></vfs_config>', '<labels> holds elements, not the text "a"'],
  ])('%s is refused: %s', (xml, detail) => {
    expect(read(xml).faults).toMatchObject([{ detail }]);
  });

  it('bears with a namespace declaration, comments, CDATA and white space', () => {
    const { value, faults } = read(
      '<vfs_config xmlns="urn:x">\n  <!-- four -->\n  <id><![CDATA[a<b]]></id>\n</vfs_config>\n',
    );
    expect(faults).toEqual([]);
    expect(value).toEqual({ id: 'a<b' });
  });
});

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutNulls(inner)]])),
  );
}
