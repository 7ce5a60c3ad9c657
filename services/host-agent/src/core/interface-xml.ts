import type { DomainInterface, InterfaceNetwork } from '@vfleet/contracts/vocabulary/domain';
import type { z } from 'zod';
import type { BridgeOf } from './bridge-of.ts';
import { pciAddressXml } from './pci-address-xml.ts';
import { aliasOf, twinAliasOf } from './vnic-alias.ts';
import { xml } from './xml-element.ts';

type VfInterface = DomainInterface & { kind: 'vf' };
type Network = z.infer<typeof InterfaceNetwork>;

/**
 * The devices of one vNIC as libvirt takes them, in the order in which they have to be plugged: a VF's virtio twin comes
 * before it, for the guest's failover driver takes the VF in only when the twin is there. A network without a bridge
 * throws: it is refused before.
 */
export function interfaceXmls(plugged: DomainInterface, bridgeOf: BridgeOf): string[] {
  if (plugged.kind === 'bridge') return [bridgeXml(plugged, bridgeOf)];
  const twin = plugged.failover && twinXml(plugged, bridged(plugged.failover, bridgeOf));
  return [...(twin ? [twin] : []), vfXml(plugged)];
}

/**
 * A VF of which libvirt sets MAC and VLAN itself. `managed` is no: the agent binds its driver. What the kernel knows of
 * the link, the MTU and filters cannot be said of a passed through device, and libvirt refuses it. A port of VM-FEX has
 * its `<virtualport type='802.1Qbh'>` beside the VLAN.
 */
function vfXml({ vnic, mac, network, claim, failover, bootOrder, guestPciAddress }: VfInterface): string {
  const vlanId = network?.vlanId ?? null;
  return xml(
    'interface',
    { type: 'hostdev', managed: 'no' },
    [
      xml('mac', { address: mac }),
      xml('driver', { name: 'vfio' }),
      xml('source', {}, pciAddressXml(claim.pciAddress)),
      vlanId === null ? '' : xml('vlan', {}, xml('tag', { id: String(vlanId) })),
      failover ? xml('teaming', { type: 'transient', persistent: twinAliasOf(vnic.id) }) : '',
      ...inGuest({ alias: aliasOf(vnic.id), bootOrder, guestPciAddress }),
    ].join(''),
  );
}

/** The guest driver takes both for one by their MAC. */
function twinXml({ vnic, mac }: VfInterface, bridge: string): string {
  return xml(
    'interface',
    { type: 'bridge' },
    [
      xml('mac', { address: mac }),
      xml('source', { bridge }),
      xml('model', { type: 'virtio' }),
      xml('teaming', { type: 'persistent' }),
      ...inGuest({ alias: twinAliasOf(vnic.id), bootOrder: null, guestPciAddress: null }),
    ].join(''),
  );
}

/** A vNIC without a network has a device of the host that is connected to nothing (type ethernet). */
function bridgeXml(
  { vnic, mac, network, linked, model, bootOrder, guestPciAddress }: DomainInterface & { kind: 'bridge' },
  bridgeOf: BridgeOf,
): string {
  return xml(
    'interface',
    { type: network ? 'bridge' : 'ethernet' },
    [
      xml('mac', { address: mac }),
      network ? xml('source', { bridge: bridged(network, bridgeOf) }) : '',
      xml('model', { type: model }),
      linked && network ? '' : xml('link', { state: 'down' }),
      ...inGuest({ alias: aliasOf(vnic.id), bootOrder, guestPciAddress }),
    ].join(''),
  );
}

function inGuest({
  alias,
  bootOrder,
  guestPciAddress,
}: {
  alias: string;
  bootOrder: number | null;
  guestPciAddress: string | null;
}): string[] {
  return [
    bootOrder === null ? '' : xml('boot', { order: String(bootOrder) }),
    xml('alias', { name: alias }),
    guestPciAddress === null ? '' : pciAddressXml(guestPciAddress),
  ];
}

function bridged(network: Network, bridgeOf: BridgeOf): string {
  const bridge = bridgeOf(network);
  if (bridge === undefined) throw new Error(`the network ${network.name} has no bridge`);
  return bridge;
}
