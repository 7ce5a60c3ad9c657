import type { Named } from '@vfleet/contracts/vocabulary/ids';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { HostCapacity, PfCapacity } from './host-capacity.ts';
import type { Conflict, GateCode, HostShortage } from './host-shortage.ts';
import { pciAddressAt } from './pci-rank.ts';
import { type FallAway, fallAways } from './serving-rules.ts';
import type { WishView } from './shape-view.ts';
import type { NetworkNeed } from './vf-demand.ts';

const STATUS_IN_WORDS: Record<HostCapacity['status'], string> = {
  up: 'up',
  down: 'down',
  maintenance: 'in maintenance',
  non_operational: 'not operational: no hypervisor answers on it',
};

type PfNamed = Named & { pciAddress: PciAddress };

/** One cause why a host does not fit, for machines and in words. */
export type Cause =
  | { kind: 'gate'; code: GateCode; text: string }
  | { kind: 'network'; code: 'VAR__DETAIL__NETWORK_MISSING'; text: string; network: Named; vnics: Named[] }
  | {
      kind: 'vnic';
      code: 'VAR__DETAIL__NO_SUITABLE_VF';
      text: string;
      /** vNICs that ask for the same, none of which any VF of the host can serve. */
      vnics: Named[];
      /** Every PF of the host, and all reasons why it cannot serve them. */
      pfs: { pf: PfNamed; reasons: FallAway[] }[];
    }
  | {
      kind: 'conflict';
      code: 'VAR__DETAIL__NO_SUITABLE_VF';
      text: string;
      vnics: Named[];
      /** The PFs that can serve them, and how many free VFs they have for them. */
      pfs: { pf: PfNamed; vfs: number }[];
    };

/** A host that does not fit, and why; there is always a cause. */
export type HostRejection = { host: Named; causes: Cause[] };

/** Puts in words what a host lacks. `excludedFor` is why the host is excluded, when it is. */
export function explainHost(
  host: HostCapacity,
  shortage: HostShortage,
  excludedFor: string | undefined,
): HostRejection {
  const causes: Cause[] = [
    ...shortage.gates.map((code) => ({ kind: 'gate' as const, code, text: gateText(host, code, excludedFor) })),
    ...byNetwork(shortage.networks).map(networkCause),
    ...byWish(shortage.hopeless).map((views) => vnicCause(host, views)),
    ...shortage.conflicts.map((conflict) => conflictCause(host, conflict)),
  ];
  return { host: { id: host.id, name: host.name }, causes };
}

function gateText({ status }: HostCapacity, code: GateCode, excludedFor: string | undefined): string {
  switch (code) {
    case 'HOST_NOT_UP':
      return `it is ${STATUS_IN_WORDS[status]}`;
    case 'HOST_OF_OTHER_CLUSTER':
      return 'it belongs to another cluster than the virtual machine';
    case 'HOST_EXCLUDED':
      return `it failed earlier in this run${excludedFor ? `: ${excludedFor.replace(/\.$/, '')}` : ''}`;
    default:
      return code satisfies never;
  }
}

function networkCause(needs: readonly NetworkNeed[]): Cause {
  const [{ network }] = needs as [NetworkNeed];
  const users = needs.map(({ vnic, use }) => (use === 'failover' ? `the failover of ${vnic.name}` : vnic.name));
  return {
    kind: 'network',
    code: 'VAR__DETAIL__NETWORK_MISSING',
    text: `network ${network.name} is not attached to the host, and ${inWords(users)} must have it there`,
    network: { id: network.id, name: network.name },
    vnics: needs.map(({ vnic }) => vnic),
  };
}

function vnicCause(host: HostCapacity, views: readonly WishView[]): Cause {
  const [{ wish }] = views as [WishView];
  const vnics = views.map((view) => view.wish.vnic);
  const pfs = host.pfs.map((pf, index) => ({ pf: pfNamed(pf), reasons: fallAways(host, index, wish) }));
  const each = pfs.map(({ pf, reasons }) => `${pf.name}: ${reasons.map(({ text }) => text).join(', ')}`);
  const why = each.length === 0 ? 'the host has no physical function' : each.join('; ');
  const fallback = wish.must ? '' : ` (nor is network ${wish.network.name} attached to the host)`;
  return {
    kind: 'vnic',
    code: 'VAR__DETAIL__NO_SUITABLE_VF',
    text: `no virtual function can serve ${inWords(vnics.map(({ name }) => name))}${fallback}: ${why}`,
    vnics,
    pfs,
  };
}

function conflictCause(host: HostCapacity, { wishes, pfs }: Conflict): Cause {
  const named = pfs.map(({ pf, vfs }) => ({ pf: pfNamed(host.pfs[pf] as PfCapacity), vfs }));
  const free = pfs.reduce((sum, { vfs }) => sum + vfs, 0);
  const vnics = wishes.map(({ wish }) => wish.vnic);
  const where = named.map(({ pf, vfs }) => `${vfs} on ${pf.name}`);
  return {
    kind: 'conflict',
    code: 'VAR__DETAIL__NO_SUITABLE_VF',
    text: `${inWords(vnics.map(({ name }) => name))} cannot be served at once: each fits alone, but ${vnics.length} vNICs have ${free} free virtual function${free === 1 ? '' : 's'} between them (${where.join(', ')})`,
    vnics,
    pfs: named,
  };
}

function byNetwork(needs: readonly NetworkNeed[]): NetworkNeed[][] {
  return [...Map.groupBy(needs, ({ network }) => network.id).values()];
}

/** vNICs that ask for the same fall away for the same reasons; told of each, they would hide the others. */
function byWish(views: readonly WishView[]): WishView[][] {
  const asked = ({ wish: { must, network, properties, pin } }: WishView) =>
    JSON.stringify([must, network.id, properties, pin]);
  return [...Map.groupBy(views, asked).values()];
}

function pfNamed({ id, name, pciRank }: PfCapacity): PfNamed {
  return { id, name, pciAddress: pciAddressAt(pciRank) };
}

function inWords(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
