import type { KnownNetwork } from '@vfleet/contracts/policy/networks';
import type { KnownNetworks } from '../core/known-networks.ts';

/** Networks as rules and views know them, with those that are gone. `looked` counts how often one was looked at. */
export function knownNetworks(
  networks: readonly { id: string; name: string; label?: string | null; mtu?: number; version?: number }[] = [],
  gone: readonly string[] = [],
): KnownNetworks & { looked: () => number } {
  const known = new Map(
    networks.map(({ id, name, label = null, mtu = 1500, version = 1 }) => [id, { id, name, label, mtu, version }]),
  );
  const labels = Map.groupBy(known.values(), ({ label }) => label);
  let looked = 0;
  const look = (network: KnownNetwork): KnownNetwork => {
    looked++;
    return network;
  };
  return {
    get: (id) => {
      const network = known.get(id);
      return network && look(network);
    },
    isGone: (id) => gone.includes(id),
    all: () => [...known.values()].map(look),
    withLabel: (label) => (labels.get(label) ?? []).map(look),
    looked: () => looked,
  };
}
