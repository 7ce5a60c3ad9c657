import type { DomainInterface } from '@vfleet/contracts/vocabulary/domain';
import type { DomainSpec } from '../core/vm-step.ts';
import { bridgeInterface, domainSpec, vfInterface } from './domain-specs.ts';

type VfInterface = DomainInterface & { kind: 'vf' };

const VF = '0000:05:10.0';
const UUID = '8f3ad4a5-4d32-4b0e-8d1e-2c6a5f0d9b11';

const green = { id: 'green', name: 'green', vlanId: 200, mtu: 1500 };

/** A definition as an administrator keeps it, with what is easily lost. */
const FULL = `<?xml version="1.0" encoding="UTF-8"?>
<!-- the shop's database; ask Ann before you touch it -->
<domain type="kvm" xmlns:qemu="http://libvirt.org/schemas/domain/qemu/1.0">
  <name>shop-db</name>
  <uuid>0D6B5D0C-0F2B-4B62-9E3C-0E4B1E1F2A33</uuid>
  <title>Shop &amp; stock</title>
  <description><![CDATA[reads < 5 ms, <interface> by VFleet]]></description>
  <metadata>
    <app:owner xmlns:app="https://example.org/owner" mail='ann@example.org'>Ann</app:owner>
    <vfleet:vm xmlns:vfleet="urn:vfleet:domain:1" id="old" placement="old" attempt="3" domain="old"/>
  </metadata>
  <memory unit='GiB'>1</memory>
  <vcpu placement='static'>2</vcpu>
  <numatune><memory mode='strict' nodeset='1'/></numatune>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
  </os>
  <features><acpi/></features>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' cache='none'/>
      <source file='/var/lib/images/it&apos;s.qcow2'/>
      <target dev='vda' bus='virtio'/>
      <boot order='2'/>
    </disk>
    <interface type='bridge'>
      <mac address='52:54:00:aa:bb:cc'/><source bridge='backup'/><model type='virtio'/>
    </interface>
    <hostdev mode='subsystem' type='pci' managed='yes'>
      <source><address domain='0x0000' bus='0x81' slot='0x00' function='0x0'/></source>
    </hostdev>
    <serial type='pty'/>
  </devices>
  <qemu:commandline>
    <qemu:arg value='-no-hpet'/>
  </qemu:commandline>
</domain>
`;

const SMALL = "<domain type='kvm'><memory unit='MiB'>512</memory><os><type>hvm</type></os></domain>";

/** Definitions and vNICs whose domains are kept as files, to be read. */
export const DOMAIN_XML_CASES: readonly { name: string; spec: DomainSpec }[] = [
  { name: 'nothing-but-a-vm', spec: { ...domainSpec([], { id: UUID }), domainXml: SMALL } },
  {
    name: 'vf-without-vlan',
    spec: { ...named(domainSpec([vfInterface(VF)], { id: UUID }), 'Ann’s <first> & "best" VM'), domainXml: SMALL },
  },
  {
    name: 'vf-with-all',
    spec: {
      ...domainSpec([{ ...vfInterface(VF, { vlanId: 100, guestPciAddress: '0000:01:00.0' }), bootOrder: 1 }], {
        id: UUID,
      }),
      domainXml: FULL,
    },
  },
  {
    name: 'failover',
    spec: {
      ...domainSpec([withFailover(vfInterface(VF, { vlanId: 100 })), vfInterface('0000:05:10.4', { n: 1 })], {
        id: UUID,
      }),
      domainXml: FULL,
    },
  },
  {
    name: 'bridges',
    spec: {
      ...domainSpec(
        [
          bridgeInterface(),
          {
            ...bridgeInterface({ n: 1 }),
            linked: false,
            model: 'e1000e',
            guestPciAddress: '0000:00:09.0',
          } as DomainInterface,
          { ...bridgeInterface({ n: 2 }), network: null },
        ],
        { id: UUID },
      ),
      domainXml: "<domain type='kvm'><memory>524288</memory><os><type>hvm</type></os><metadata/><devices /></domain>",
    },
  },
];

/** The UUID that a domain gets whose VM has none for an id. */
export const NEW_UUID = '5b1b0b4e-9d1a-4f52-8a53-0b1c3f6a7d20';

function withFailover(plugged: VfInterface): VfInterface {
  return { ...plugged, failover: green };
}

function named(spec: DomainSpec, name: string): DomainSpec {
  return { ...spec, vm: { ...spec.vm, name } };
}
