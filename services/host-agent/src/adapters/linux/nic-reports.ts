import type { NicReport, UpperDevice } from '@vfleet/contracts/vocabulary/host-report';
import { MacAddress } from '@vfleet/contracts/vocabulary/mac';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { NetLink } from './net-links.ts';
import { isRepresentor } from './representors.ts';

/**
 * Kinds of virtual netdevs by the name the kernel has for them. What takes frames from a device below in the manner of
 * another is of its kind: ipvlan as macvlan, a team as a bond, Open vSwitch as a bridge.
 */
const KINDS: Record<string, NicReport['kind']> = {
  bond: 'bond',
  team: 'bond',
  bridge: 'bridge',
  openvswitch: 'bridge',
  vlan: 'vlan',
  macvtap: 'macvtap',
  ipvtap: 'macvtap',
  macvlan: 'macvlan',
  ipvlan: 'macvlan',
};

/** Virtual devices whose `link` is their other end and not a device below them. */
const PAIRS = new Set(['veth', 'netkit', 'vxcan']);

/** Names of media that hardware has; loopback, tunnels and the like have others. */
const MEDIA = new Set(['ether', 'infiniband']);

/**
 * What reports of nics need beside the links: where a netdev's own hardware is, its speed, and what the representors
 * among them stand for.
 */
export type NicFacts = {
  pciAddressOf: ReadonlyMap<string, PciAddress>;
  speedOf: ReadonlyMap<string, number>;
  representedVf: (link: NetLink) => NicReport['representorOf'];
};

/** Netdevs as an agent reports them, each with what sits on it. Uppers in other network namespaces cannot be seen. */
export function nicReports(links: readonly NetLink[], { pciAddressOf, speedOf, representedVf }: NicFacts): NicReport[] {
  const uppers = uppersByLower(links);
  return links.map((link) => {
    const representor = isRepresentor(link);
    const pciAddress = representor ? null : (pciAddressOf.get(link.ifname) ?? null);
    return {
      name: link.ifname,
      mac: macOf(link),
      mtu: link.mtu,
      speed: speedOf.get(link.ifname) ?? null,
      carrier: hasCarrier(link),
      kind: pciAddress ? 'physical' : kindOf(link),
      pciAddress,
      representorOf: representor ? representedVf(link) : null,
      maxMtu: link.max_mtu || null,
      altNames: link.altnames,
      master: link.master ?? null,
      uppers: uppers.get(link.ifname) ?? [],
      addresses: link.addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`),
      vlanId: vlanIdOf(link),
    };
  });
}

/** The carrier as the kernel has it; null while the netdev is down, when nothing is known. */
export function hasCarrier({ flags }: NetLink): boolean | null {
  if (flags.includes('LOWER_UP')) return true;
  return flags.includes('UP') ? false : null;
}

/** A netdev's MAC; null for one without a 48-bit address (tunnels, IP over InfiniBand). */
export function macOf({ address }: NetLink): MacAddress | null {
  return mac(address);
}

/** The MAC the hardware was made with, also while a bond has lent the netdev another. */
export function permanentMacOf({ permaddr, address }: NetLink): MacAddress | null {
  return mac(permaddr ?? address);
}

function mac(address: string | undefined): MacAddress | null {
  const parsed = MacAddress.safeParse(address?.toLowerCase());
  return parsed.success ? parsed.data : null;
}

function uppersByLower(links: readonly NetLink[]): Map<string, UpperDevice[]> {
  const kinds = new Map(links.map((link) => [link.ifname, upperKindOf(link)]));
  const uppers = new Map<string, UpperDevice[]>();
  const add = (lower: string, name: string) => {
    const upper: UpperDevice = { name, kind: kinds.get(name) ?? 'other' };
    const known = uppers.get(lower);
    if (known) known.push(upper);
    else uppers.set(lower, [upper]);
  };
  for (const link of links) {
    if (link.master) add(link.ifname, link.master);
    if (link.link && !PAIRS.has(link.linkinfo?.info_kind ?? '')) add(link.link, link.ifname);
  }
  return uppers;
}

function upperKindOf(link: NetLink): UpperDevice['kind'] {
  const kind = kindOf(link);
  return kind === 'physical' || kind === 'representor' ? 'other' : kind;
}

/** A netdev of no kind is hardware, on whatever bus (USB, platform devices), when its medium is one of hardware. */
function kindOf(link: NetLink): NicReport['kind'] {
  if (isRepresentor(link)) return 'representor';
  const kind = link.linkinfo?.info_kind;
  if (kind !== undefined) return KINDS[kind] ?? 'other';
  return MEDIA.has(link.link_type ?? '') ? 'physical' : 'other';
}

function vlanIdOf({ linkinfo }: NetLink): number | null {
  const id = linkinfo?.info_kind === 'vlan' ? linkinfo.info_data?.id : undefined;
  return typeof id === 'number' ? id : null;
}
