import { freeRanks, type HostCapacity } from './host-capacity.ts';
import type { Bin, Guest } from './matching.ts';
import { pinnedVf } from './placing-on-host.ts';
import type { ShapeView } from './shape-view.ts';

/** A host's free VFs as places for vNICs: those of a PF (by index) that nothing tells apart, by ascending address. */
export type VfBin = Bin & { pf: number; ranks: readonly number[] };

/**
 * The bins of a host and its vNICs as guests of them. Each VF that a vNIC is pinned to has a bin of its own, before that
 * of the PF's others: used first it is used by one who has nothing else.
 */
export function hostBins(host: HostCapacity, { wishes }: ShapeView): { bins: VfBin[]; guests: Guest[] } {
  const pinned = new Set(wishes.flatMap((view) => pinnedVf(host, view)?.rank ?? []));
  const bins = host.pfs.flatMap((_, pf) => {
    const ranks = freeRanks(host, pf);
    const alike = ranks.filter((rank) => !pinned.has(rank));
    return [...ranks.filter((rank) => pinned.has(rank)).map((rank) => [rank]), alike]
      .filter((some) => some.length > 0)
      .map((some) => ({ pf, ranks: some, room: some.length }));
  });
  const guests = wishes.map((view) => {
    const pin = pinnedVf(host, view);
    const serves = ({ pf, ranks }: VfBin) =>
      view.wish.pin === null ? view.pfs.includes(pf) : pin !== undefined && ranks.includes(pin.rank);
    return { must: view.must, bins: [...bins.keys()].filter((bin) => serves(bins[bin] as VfBin)) };
  });
  return { bins, guests };
}
