import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readXml } from '../adapters/libvirt/read-xml.ts';
import { anyDefinition, anyInterfaces } from '../testing/domain-definitions.ts';
import { bridgeInterface, domainSpec, vfInterface } from '../testing/domain-specs.ts';
import { DOMAIN_XML_CASES, NEW_UUID } from '../testing/domain-xml-cases.ts';
import { bridgesBy } from './bridge-of.ts';
import { METADATA_NAMESPACE, vmOfDomain } from './domain-metadata.ts';
import { domainXml } from './domain-xml.ts';
import { liveDomain } from './live-domain.ts';
import type { DomainSpec } from './vm-step.ts';
import { childOf, childrenOf, type XmlElement } from './xml-element.ts';

const GOLDEN = join(import.meta.dirname, '../../../../test/fixtures/domain-xml');
const VF = '0000:05:10.0';

function made(spec: DomainSpec, bridges: Record<string, string> = {}) {
  const source = spec.domainXml;
  const definition = source === null ? null : { source, root: readXml(source) };
  return domainXml(definition, { spec, bridgeOf: bridgesBy(new Map(Object.entries(bridges))), newUuid: NEW_UUID });
}

function xmlOf(spec: DomainSpec): string {
  const result = made(spec);
  if (!result.ok) throw new Error(JSON.stringify(result.broken));
  return result.xml;
}

function given(domainXml: string | null, interfaces = [vfInterface(VF)]): DomainSpec {
  return { ...domainSpec(interfaces), domainXml };
}

describe('the domain that libvirt is given', () => {
  it.each(DOMAIN_XML_CASES)('is as the file shows it: $name', async ({ name, spec }) => {
    await expect(xmlOf(spec)).toMatchFileSnapshot(join(GOLDEN, `${name}.xml`));
  });

  it.each(DOMAIN_XML_CASES)('says nothing of a passed through device that libvirt refuses: $name', ({ spec }) => {
    const devices = childOf(readXml(xmlOf(spec)), 'devices');
    for (const passed of childrenOf(devices, 'interface').filter(({ attributes }) => attributes.type === 'hostdev')) {
      const names = passed.children.map((child) => child.name);
      for (const refused of ['link', 'mtu', 'filterref']) expect(names).not.toContain(refused);
    }
  });

  it('has every element that the administrator gave, in its order, and reads as the VM it is for', () => {
    fc.assert(
      fc.property(anyDefinition, anyInterfaces, (source, interfaces) => {
        const spec = given(source, interfaces as never);
        const root = readXml(xmlOf(spec));
        const wanted = linesOf(readXml(source));
        const lines = linesOf(root);
        let from = 0;
        for (const line of wanted) {
          const at = lines.indexOf(line, from);
          expect(at, `${line} of ${source} in ${xmlOf(spec)}`).toBeGreaterThanOrEqual(from);
          from = at + 1;
        }
        const uuid = childOf(root, 'uuid')?.text ?? '';
        const vm = { vmId: spec.vm.id, placementId: spec.placementId, attempt: spec.attempt };
        expect(vmOfDomain(root, { name: 'x', uuid })).toEqual(vm);
        const live = liveDomain(root, true);
        expect(live.interfaces).toEqual(
          interfaces.map(({ vnic, guestPciAddress }) => ({ vnicId: vnic.id, guestPciAddress })),
        );
        expect(live.report.vfs).toEqual(
          interfaces.flatMap((each) =>
            each.kind === 'vf' ? [{ pciAddress: each.claim.pciAddress, vnicId: each.vnic.id }] : [],
          ),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('has a UUID of the VM, or one made for it, unless one is given', () => {
    const uuidOf = (spec: DomainSpec) => childOf(readXml(xmlOf(spec)), 'uuid')?.text;
    const small = '<domain type="kvm"/>';
    expect(uuidOf(given(small))).toBe(NEW_UUID);
    expect(uuidOf({ ...domainSpec([], { id: VM_UUID }), domainXml: small })).toBe(VM_UUID);
    expect(uuidOf(given(`<domain><uuid>${VM_UUID}</uuid></domain>`))).toBe(VM_UUID);
  });
});

const VM_UUID = '8f3ad4a5-4d32-4b0e-8d1e-2c6a5f0d9b11';

it.each([VM_UUID.toUpperCase(), VM_UUID.replaceAll('-', ''), ` ${VM_UUID}\n`])(
  'knows a domain again by a UUID that was given as %j',
  (uuid) => {
    const root = readXml(xmlOf(given(`<domain><uuid>${uuid}</uuid></domain>`)));
    expect(vmOfDomain(root, { name: 'x', uuid: VM_UUID })).toMatchObject({ vmId: 'vm-1' });
  },
);

describe('a definition is refused', () => {
  const inDevices = (device: string) => `<domain type='kvm'><devices>${device}</devices></domain>`;
  const booting = [{ ...vfInterface(VF), bootOrder: 1 }];

  it.each([
    ['DOMAIN_XML_MISSING', given(null), 'vm-1 has no definition'],
    ['DOMAIN_XML_NO_DOMAIN', given('<network/>'), 'is a <network>'],
    ['DOMAIN_XML_NO_DOMAIN', given('<domain xmlns="urn:x"/>'), '<domain> of urn:x'],
    ['DOMAIN_XML_NO_NAME', { ...given('<domain/>'), vm: { id: 'v', name: 'a/b' } }, 'a/b'],
    [
      'DOMAIN_XML_HOLDS_VF',
      given(
        inDevices(
          "<hostdev mode='subsystem' type='pci'><source><address bus='5' slot='020' function='0'/></source></hostdev>",
        ),
      ),
      VF,
    ],
    [
      'DOMAIN_XML_HOLDS_VF',
      given(
        inDevices(
          "<interface type='hostdev'><source><address type='pci' domain='0x0' bus='0x5' slot='0x10' function='0x0'/></source></interface>",
        ),
      ),
      VF,
    ],
    [
      'DOMAIN_XML_HOLDS_VNIC',
      given(inDevices("<interface type='bridge'><alias name='ua-vnic-v9'/></interface>")),
      'ua-vnic-v9',
    ],
    ['DOMAIN_XML_BOOT_ORDER', given("<domain><os><boot dev='hd'/></os></domain>", booting), 'nic0'],
    ['NETWORK_WITHOUT_BRIDGE', given('<domain/>', [otherNetwork('a b')] as never), 'a b'],
    ['NETWORK_WITHOUT_BRIDGE', given('<domain/>', [otherNetwork('sixteen-letters-')] as never), 'sixteen-letters-'],
  ])('%s', (code, spec, cause) => {
    const result = made(spec);
    expect(result).toMatchObject({ ok: false, broken: [{ code, cause: expect.stringContaining(cause) }] });
  });

  it('with every reason at once', () => {
    const result = made(
      given(inDevices("<interface><alias name='ua-twin-v9'/></interface>"), [otherNetwork('a b')] as never),
    );
    expect(result.ok ? [] : result.broken.map(({ code }) => code)).toEqual([
      'DOMAIN_XML_HOLDS_VNIC',
      'NETWORK_WITHOUT_BRIDGE',
    ]);
  });

  it('not where a bridge is told for the network, by its id or its name', () => {
    const spec = given('<domain/>', [otherNetwork('a b')] as never);
    for (const bridges of [{ 'a b': 'br0' }, { red: 'br0' }]) {
      const result = made(spec, bridges as Record<string, string>);
      expect(result.ok && result.xml).toContain("<source bridge='br0'/>");
    }
  });

  function otherNetwork(name: string) {
    return { ...bridgeInterface(), network: { id: 'red', name, vlanId: null, mtu: 1500 } };
  }
});

/** Every element with where it stands, its attributes and its text; what VFleet kept before is not the administrator's. */
function linesOf(element: XmlElement, path = ''): string[] {
  if (element.namespace === METADATA_NAMESPACE) return [];
  const here = `${path}/${element.tag}`;
  const line = `${here} ${JSON.stringify(element.attributes)} ${element.text.trim()}`;
  return [line, ...element.children.flatMap((child) => linesOf(child, here))];
}
