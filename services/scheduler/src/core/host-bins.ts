import type { HostCapacity } from './host-capacity.ts';
import type { Bin, Guest } from './matching.ts';
import { pinnedVf } from './placing-on-host.ts';
import type { ShapeView } from './shape-view.ts';

/** Free VFs of a PF (by index) as places for vNICs: the one of the PCI rank `pinned`, or all that no vNIC is pinned to. */
export type VfBin = Bin & { pf: number; pinned: number | null };

/**
 * The bins of a host and its vNICs as guests of them. Each VF that a vNIC is pinned to has a bin of its own, before that
 * of the PF's others: used first it is used by one who has nothing else.
 */
export function hostBins(host: HostCapacity, { wishes }: ShapeView): { bins: VfBin[]; guests: Guest[] } {
  const pins = wishes.map((view) => pinnedVf(host, view));
  const bins = host.pfs.flatMap(({ free }, pf) => {
    const pinned = new Set(pins.flatMap((vf) => (vf?.pf === pf ? [vf.rank] : [])));
    const apart: VfBin[] = [...pinned].map((rank) => ({ pf, pinned: rank, room: 1 }));
    return free > pinned.size ? [...apart, { pf, pinned: null, room: free - pinned.size }] : apart;
  });
  const guests = wishes.map(({ wish, must, pfs }, index) => {
    const serves = ({ pf, pinned }: VfBin) =>
      wish.pin === null ? pfs.includes(pf) : pinned !== null && pinned === pins[index]?.rank;
    return { must, bins: [...bins.keys()].filter((bin) => serves(bins[bin] as VfBin)) };
  });
  return { bins, guests };
}
