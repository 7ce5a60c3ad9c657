import type { KnownNetwork } from '@vfleet/contracts/policy/networks';

/** Policy's networks as far as they are known here, as rules and views look them up. */
export type KnownNetworks = {
  get(id: string): KnownNetwork | undefined;
  /** Whether policy has said that there is no such network any more; false of one that nothing is known of. */
  isGone(id: string): boolean;
  all(): Iterable<KnownNetwork>;
  /** The networks that carry a label, found without looking at any other. */
  withLabel(label: string): Iterable<KnownNetwork>;
};

/** Networks that were listed, by ids that are never given out again, and labels whose networks come with them. */
export type NetworkLists = { networkIds: readonly string[]; labels: readonly string[] };

/** A list at its next put: networks that are gone leave it. */
export function withoutGone(networkIds: readonly string[], known: KnownNetworks): string[] {
  return networkIds.filter((id) => !known.isGone(id));
}

/** A list without the networks that carry the label: they come with it, or go with it. */
export function withoutLabelled(networkIds: readonly string[], label: string, known: KnownNetworks): string[] {
  return withoutGone(networkIds, known).filter((id) => known.get(id)?.label !== label);
}

/** The labels with one more, in their order. */
export function withLabel(labels: readonly string[], label: string): string[] {
  return [...labels, label].sort();
}
