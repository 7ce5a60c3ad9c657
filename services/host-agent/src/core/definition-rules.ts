import type { DomainInterface } from '@vfleet/contracts/vocabulary/domain';
import type { BridgeOf } from './bridge-of.ts';
import type { Definition } from './definition.ts';
import { pciAddressIn } from './pci-address-xml.ts';
import { type DomainSpec, vfInterfaces } from './vm-step.ts';
import { isOurAlias } from './vnic-alias.ts';
import { childOf, childrenOf, type XmlElement } from './xml-element.ts';

/** Why a definition cannot be started with the vNICs of its VM. */
export type DefinitionBroken = { code: string; cause: string; remedy: string };

type Subject = { root: XmlElement; spec: DomainSpec };

/** A row tells what is wrong, naming the things involved; undefined when nothing is. */
type DefinitionRule = { code: string; cause: (subject: Subject) => string | undefined; remedy: string };

const RULES: readonly DefinitionRule[] = [
  {
    code: 'DOMAIN_XML_NO_DOMAIN',
    cause: ({ root }) =>
      root.name === 'domain' && root.namespace === ''
        ? undefined
        : `the definition of the virtual machine is a <${root.tag}>${root.namespace === '' ? '' : ` of ${root.namespace}`}`,
    remedy: 'Give the virtual machine a definition as virsh dumpxml --inactive shows it: a <domain>.',
  },
  {
    code: 'DOMAIN_XML_NO_NAME',
    cause: ({ root, spec: { vm } }) =>
      vm.name.includes('/') && !childOf(root, 'name') ? `libvirt takes no / in a name, as in ${vm.name}` : undefined,
    remedy: 'Give the definition a <name> of its own.',
  },
  {
    code: 'DOMAIN_XML_HOLDS_VF',
    cause: ({ root, spec }) => {
      const ours = vfInterfaces(spec.interfaces).map(({ claim }) => claim.pciAddress);
      return listed(
        'the definition holds itself',
        hostDevices(root).filter((address) => ours.includes(address)),
      );
    },
    remedy: 'Take the device out of the definition: VFleet adds the virtual functions of the vNICs.',
  },
  {
    code: 'DOMAIN_XML_HOLDS_VNIC',
    cause: ({ root }) => listed('the definition holds interfaces that VFleet makes:', ourAliases(root)),
    remedy:
      'Take them out of the definition, as of one that was copied from a domain of VFleet: VFleet adds the vNICs.',
  },
  {
    code: 'DOMAIN_XML_BOOT_ORDER',
    cause: ({ root, spec }) => {
      const ordered = spec.interfaces.filter(({ bootOrder }) => bootOrder !== null).map(({ vnic }) => vnic.name);
      const isByOs = childrenOf(childOf(root, 'os'), 'boot').length > 0;
      return isByOs
        ? listed('the definition orders the boot in <os><boot>, and a boot order have', ordered)
        : undefined;
    },
    remedy: 'Give the devices of the definition <boot order> instead of <os><boot>, or the vNICs no boot order.',
  },
];

/** Every reason why a definition cannot be started with the vNICs of its VM; none when it can. */
export function brokenDefinition({
  definition,
  spec,
  bridgeOf,
}: {
  definition: Definition;
  spec: DomainSpec;
  bridgeOf: BridgeOf;
}): DefinitionBroken[] {
  if (definition === null) {
    return [
      {
        code: 'DOMAIN_XML_MISSING',
        cause: `the virtual machine ${spec.vm.name} has no definition, and libvirt starts none without`,
        remedy: 'Give the virtual machine a definition: the XML of its domain without the vNICs (domain_xml).',
      },
    ];
  }
  if ('unreadable' in definition) {
    return [
      {
        code: 'DOMAIN_XML_MALFORMED',
        cause: `the definition of the virtual machine is not well-formed: ${definition.unreadable}`,
        remedy: 'Correct the definition; virt-xml-validate of libvirt-clients checks it.',
      },
    ];
  }
  const subject = { root: definition.root, spec };
  const broken = RULES.flatMap(({ code, cause, remedy }) => {
    const text = cause(subject);
    return text === undefined ? [] : [{ code, cause: text, remedy }];
  });
  return [...broken, ...withoutBridge(spec.interfaces, bridgeOf)];
}

/** The networks of interfaces that no bridge of the host can serve. */
export function withoutBridge(interfaces: readonly DomainInterface[], bridgeOf: BridgeOf): DefinitionBroken[] {
  const networks = interfaces.map((each) => (each.kind === 'vf' ? each.failover : each.network));
  const names = networks.flatMap((network) => (network && bridgeOf(network) === undefined ? [network.name] : []));
  return [...new Set(names)].map((name) => ({
    code: 'NETWORK_WITHOUT_BRIDGE',
    cause: `the network ${name} cannot be the name of a bridge, and no other is told for it on this host`,
    remedy: `Name its bridge in VFLEET_BRIDGES of the host's agent, such as VFLEET_BRIDGES='${name}=br0', and restart it.`,
  }));
}

function listed(what: string, things: readonly string[]): string | undefined {
  return things.length === 0 ? undefined : `${what} ${[...new Set(things)].join(', ')}`;
}

/** The devices of the host that a definition gives to its guest. */
function hostDevices(root: XmlElement): string[] {
  const devices = childOf(root, 'devices');
  return [...childrenOf(devices, 'interface'), ...childrenOf(devices, 'hostdev')].flatMap(
    (device) => pciAddressIn(childOf(childOf(device, 'source'), 'address')) ?? [],
  );
}

function ourAliases(root: XmlElement): string[] {
  const aliases = childrenOf(childOf(root, 'devices'), 'interface').map(
    (device) => childOf(device, 'alias')?.attributes.name,
  );
  return aliases.flatMap((alias) => (alias !== undefined && isOurAlias(alias) ? [alias] : []));
}
