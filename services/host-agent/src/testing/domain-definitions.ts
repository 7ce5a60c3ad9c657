import type { DomainInterface } from '@vfleet/contracts/vocabulary/domain';
import { NO_VF_PROPERTIES } from '@vfleet/contracts/vocabulary/vnic-profile';
import fc from 'fast-check';
import { escaped } from '../core/xml-element.ts';

const hex = (max: number, digits: number) =>
  fc.integer({ min: 0, max }).map((n) => n.toString(16).padStart(digits, '0'));
const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/);
const pciAddress = fc
  .tuple(hex(0xffff, 4), hex(0xff, 2), hex(0x1f, 2), hex(7, 1))
  .map(([domain, bus, slot, fn]) => `${domain}:${bus}:${slot}.${fn}`);
const guestPciAddress = fc.tuple(hex(0xfe, 2), hex(0x1e, 2)).map(([bus, slot]) => `0000:${bus}:${slot}.0`);
const mac = fc.tuple(hex(0xff, 2), hex(0xff, 2), hex(0xff, 2)).map((bytes) => `52:54:00:${bytes.join(':')}`);
const network = fc.record({
  id,
  name: fc.stringMatching(/^[a-z][a-z0-9._-]{0,14}$/),
  vlanId: fc.option(fc.integer({ min: 1, max: 4094 })),
  mtu: fc.constantFrom(1500, 9000),
});

const common = {
  mac,
  linked: fc.boolean(),
  bootOrder: fc.option(fc.integer({ min: 1, max: 99 })),
  guestPciAddress: fc.option(guestPciAddress),
};

const plugged: fc.Arbitrary<Omit<DomainInterface, 'vnic'>> = fc.oneof(
  fc.record({
    ...common,
    kind: fc.constant('vf' as const),
    network: fc.option(network),
    claim: fc.record({ claimId: id, pciAddress, fence: fc.constant(1) }),
    properties: fc.constant(NO_VF_PROPERTIES),
    failover: fc.option(network),
  }),
  fc.record({
    ...common,
    kind: fc.constant('bridge' as const),
    network: fc.option(network),
    model: fc.constantFrom('virtio' as const, 'e1000' as const, 'e1000e' as const, 'rtl8139' as const),
  }),
);

/** Any vNICs of one VM that go together. */
export const anyInterfaces: fc.Arbitrary<DomainInterface[]> = fc
  .tuple(fc.array(plugged, { maxLength: 6 }), fc.uniqueArray(id, { minLength: 6, maxLength: 6 }))
  .map(([interfaces, ids]) =>
    interfaces.map((each, n) => ({ ...each, vnic: { id: ids[n] ?? '', name: `nic ${n}` } }) as DomainInterface),
  );

const text = fc.string({ unit: 'grapheme', maxLength: 20 }).map((each) => each.replace(/\p{C}/gu, ''));
const blank = fc.constantFrom('', ' ', '\n  ', '\r\n\t', '<!-- <devices> ]]> & -->', '<?note <domain> ?>');
const title = text.map((each) => `<title>a ${escaped(each)}</title>`);
const description = fc.oneof(
  text.map((each) => `<description>${escaped(each)}</description>`),
  text.map((each) => `<description><![CDATA[${each.replaceAll(']]>', '')}</devices>]]></description>`),
);
const metadata = fc.constantFrom(
  '<metadata/>',
  '<metadata></metadata>',
  `<metadata><a:b xmlns:a="urn:a" c='"'><a:d>1 &lt; 2</a:d></a:b></metadata>`,
  '<metadata><v:vm xmlns:v="urn:vfleet:domain:1" id="x"><v:more/></v:vm><b xmlns="urn:b"/></metadata>',
);
const devices = fc.constantFrom(
  '<devices/>',
  '<devices >\n</devices>',
  "<devices><input type='tablet' bus='usb'/><!-- </devices> --><serial type='pty'/></devices>",
  "<devices>\n  <disk type='file'><source file='/a&amp;b'/><target dev='vda'/></disk>\n</devices>",
);
const uuid = fc.uuid().map((each) => `<uuid>${each}</uuid>`);
const name = fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/).map((each) => `<name>${each}</name>`);
const FIXED = [
  "<memory unit='MiB'>64</memory>",
  "<os><type arch='x86_64' machine='pc'>hvm</type></os>",
  '<features><acpi/></features>',
];

/** Definitions that libvirt takes: whatever an administrator may leave out, write in another way or say beside. */
export const anyDefinition: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('', '<?xml version="1.0"?>', "<?xml version='1.0' encoding='ISO-8859-1' standalone='yes' ?>\n"),
    fc.tuple(...[name, uuid, title, description, metadata, devices].map((each) => fc.option(each, { nil: '' }))),
    fc.array(blank, { minLength: 10, maxLength: 10 }),
    fc.boolean(),
  )
  .chain(([declaration, told, blanks, isSpaced]) =>
    fc.shuffledSubarray([...told, ...FIXED], { minLength: told.length + FIXED.length }).map((parts) => {
      const content = parts.flatMap((part, index) => [blanks[index] ?? '', part]).join('');
      return `${declaration}<domain type='kvm'${isSpaced ? '\n ' : ''}>${content}</domain>\n`;
    }),
  );
