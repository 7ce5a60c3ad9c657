/** A place for so many vNICs: the VFs of a PF that nothing tells apart, or one VF that vNICs are pinned to. */
export type Bin = { room: number };

/** A vNIC that one of these bins (by index) can serve; one that need not be served may lose its place to one that must. */
export type Guest = { bins: readonly number[]; must: boolean };

/** Either served, or why not: these guests want nothing but these bins and are one more than there is room. */
export type Served = { served: true } | { served: false; rivals: number[]; bins: number[] };

/** Who is in which bin, grown step by step along alternating paths; each step is linear in what guests and bins allow. */
export type Matching = {
  /** The bin of each guest, undefined while it has none. */
  places: readonly (number | undefined)[];
  /** Uses one more place of the bin for a guest that has none, moving others; false when that cannot be done. */
  fill(bin: number): boolean;
  /** Serves the guest. No bin is used less for it; a guest that need not be served may lose its place. */
  serve(guest: number): Served;
};

/** A matching that is empty. */
export function matching(bins: readonly Bin[], guests: readonly Guest[]): Matching {
  const places = new Array<number | undefined>(guests.length).fill(undefined);
  const within = bins.map(() => new Set<number>());

  function settle(guest: number, bin: number): void {
    leave(guest);
    places[guest] = bin;
    within[bin]?.add(guest);
  }

  function leave(guest: number): void {
    const bin = places[guest];
    if (bin !== undefined) within[bin]?.delete(guest);
    places[guest] = undefined;
  }

  function isFull(bin: number): boolean {
    return within[bin]?.size === bins[bin]?.room;
  }

  function useOneMore(bin: number, seen: Set<number>): boolean {
    seen.add(bin);
    const able = [...guests.keys()].filter((guest) => places[guest] !== bin && guests[guest]?.bins.includes(bin));
    const next =
      able.find((guest) => places[guest] === undefined) ??
      able.find((guest) => {
        const other = places[guest];
        return other !== undefined && !seen.has(other) && useOneMore(other, seen);
      });
    if (next !== undefined) settle(next, bin);
    return next !== undefined;
  }

  function place(guest: number, seen: Set<number>): boolean {
    const bin = guests[guest]?.bins.find((candidate) => {
      if (seen.has(candidate)) return false;
      seen.add(candidate);
      return !isFull(candidate) || makeRoom(candidate, seen);
    });
    if (bin !== undefined) settle(guest, bin);
    return bin !== undefined;
  }

  /** In a full bin one that need not be served goes, or one that must goes elsewhere. */
  function makeRoom(bin: number, seen: Set<number>): boolean {
    const present = [...(within[bin] ?? [])];
    const optional = present.find((guest) => guests[guest]?.must === false);
    if (optional === undefined) return present.some((guest) => place(guest, seen));
    leave(optional);
    return true;
  }

  return {
    places,
    fill: (bin) => !isFull(bin) && useOneMore(bin, new Set()),
    serve(guest) {
      const seen = new Set<number>();
      if (places[guest] !== undefined || place(guest, seen)) return { served: true };
      return {
        served: false,
        rivals: [guest, ...[...seen].flatMap((bin) => [...(within[bin] ?? [])])],
        bins: [...seen],
      };
    },
  };
}
