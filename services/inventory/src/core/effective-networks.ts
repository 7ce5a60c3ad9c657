import type { AllowedNetwork } from '@vfleet/contracts/vocabulary/allowed-network';
import type { KnownNetworks, NetworkLists } from './known-networks.ts';
import type { Ledger, LedgerNic } from './ledger.ts';
import { inNameOrder } from './name-order.ts';

/**
 * The networks that lists come to: those that were listed and those that a label brings in, each once with its origin
 * and in the order of their names. A network that a label brings in is not listed beside it; one that is gone is left
 * out; one that nothing is known of yet goes by its id.
 */
export function effectiveNetworks({ networkIds, labels }: NetworkLists, known: KnownNetworks): AllowedNetwork[] {
  const effective = new Map<string, AllowedNetwork>();
  for (const label of labels) {
    for (const { id, name } of known.withLabel(label)) effective.set(id, { id, name, via_label: label });
  }
  for (const id of networkIds) {
    if (effective.has(id) || known.isGone(id)) continue;
    effective.set(id, { id, name: known.get(id)?.name ?? id, via_label: null });
  }
  return inNameOrder([...effective.values()]);
}

/** Whether VFs of a PF may serve a network: all may be served, it is listed, or a label brings it in. */
export function allowsNetwork(
  { allNetworksAllowed, networkIds, labels }: NetworkLists & { allNetworksAllowed: boolean },
  networkId: string,
  known: KnownNetworks,
): boolean {
  if (allNetworksAllowed) return true;
  const label = known.get(networkId)?.label;
  const isListed = networkIds.includes(networkId) || (!!label && labels.includes(label));
  return isListed && !known.isGone(networkId);
}

/**
 * The networks that a nic carries itself. Of one host only one nic carries a network: one that got the label of another
 * nic after it was listed here is carried there.
 */
export function networksOfNic(
  { nics }: Pick<Ledger, 'nics'>,
  { id: nicId, networkIds, labels }: Pick<LedgerNic, 'id' | 'networkIds' | 'labels'>,
  known: KnownNetworks,
): AllowedNetwork[] {
  if (networkIds.length === 0) return effectiveNetworks({ networkIds, labels }, known);
  const elsewhere = new Set(nics.flatMap((other) => (other.id === nicId ? [] : other.labels)));
  const own = networkIds.filter((id) => {
    const label = known.get(id)?.label;
    return !label || !elsewhere.has(label);
  });
  return effectiveNetworks({ networkIds: own, labels }, known);
}
