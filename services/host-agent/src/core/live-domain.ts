import type { DomainReport } from '@vfleet/contracts/vocabulary/domain';
import { vmOfDomain } from './domain-metadata.ts';
import { pciAddressIn } from './pci-address-xml.ts';
import { vnicOfAlias } from './vnic-alias.ts';
import { childOf, childrenOf, type XmlElement } from './xml-element.ts';

/** A domain as libvirt shows it while it is there; `aliases` are those of all its interfaces. */
export type LiveDomain = {
  uuid: string;
  report: DomainReport;
  interfaces: { vnicId: string; guestPciAddress: string | null }[];
  aliases: string[];
};

/**
 * Reads the live XML of a domain. The VFs it holds are those of its interfaces and of its other PCI devices, whoever put
 * them in; vNICs are named in domains of VFleet only. What is no domain throws.
 */
export function liveDomain(root: XmlElement, isPaused: boolean): LiveDomain {
  const name = childOf(root, 'name')?.text;
  const uuid = childOf(root, 'uuid')?.text;
  if (root.name !== 'domain' || !name || !uuid) throw new Error(`libvirt showed a <${root.tag}> without name or uuid`);
  const vm = vmOfDomain(root, { name, uuid });
  const devices = childOf(root, 'devices');
  const plugged = childrenOf(devices, 'interface').map((element) => {
    const alias = childOf(element, 'alias')?.attributes.name;
    const vnicId = vm ? vnicOfAlias(alias) : undefined;
    return { element, alias, vnicId };
  });
  const held = [...plugged, ...childrenOf(devices, 'hostdev').map((element) => ({ element, vnicId: undefined }))];
  return {
    uuid,
    report: {
      name,
      vmId: vm?.vmId ?? null,
      placementId: vm?.placementId ?? null,
      attempt: vm?.attempt ?? null,
      state: isPaused ? 'paused' : 'running',
      vfs: held.flatMap(({ element, vnicId }) => {
        const pciAddress = pciAddressIn(childOf(childOf(element, 'source'), 'address'));
        return pciAddress === undefined ? [] : [{ pciAddress, vnicId: vnicId ?? null }];
      }),
    },
    interfaces: plugged.flatMap(({ element, vnicId }) =>
      vnicId === undefined ? [] : [{ vnicId, guestPciAddress: pciAddressIn(childOf(element, 'address')) ?? null }],
    ),
    aliases: plugged.flatMap(({ alias }) => alias ?? []),
  };
}
