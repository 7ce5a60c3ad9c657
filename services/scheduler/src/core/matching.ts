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
  const guestsOf = bins.map((_, bin) => [...guests.keys()].filter((guest) => guests[guest]?.bins.includes(bin)));
  const within = (bin: number) => [...places.keys()].filter((guest) => places[guest] === bin);
  const isFull = (bin: number) => within(bin).length >= (bins[bin] as Bin).room;

  function fillFrom(bin: number, seen: Set<number>): boolean {
    seen.add(bin);
    const able = (guestsOf[bin] as number[]).filter((guest) => places[guest] !== bin);
    const next =
      able.find((guest) => places[guest] === undefined) ??
      able.find((guest) => {
        const other = places[guest] as number;
        return !seen.has(other) && fillFrom(other, seen);
      });
    if (next !== undefined) places[next] = bin;
    return next !== undefined;
  }

  function place(guest: number, seen: Set<number>): boolean {
    for (const bin of (guests[guest] as Guest).bins) {
      if (seen.has(bin)) continue;
      seen.add(bin);
      if (!isFull(bin) || leave(bin, seen)) {
        places[guest] = bin;
        return true;
      }
    }
    return false;
  }

  /** Makes room in a full bin: a guest that need not be served goes, or one that must goes elsewhere. */
  function leave(bin: number, seen: Set<number>): boolean {
    const optional = within(bin).find((guest) => guests[guest]?.must === false);
    if (optional === undefined) return within(bin).some((guest) => place(guest, seen));
    places[optional] = undefined;
    return true;
  }

  return {
    places,
    fill: (bin) => !isFull(bin) && fillFrom(bin, new Set()),
    serve(guest) {
      const seen = new Set<number>();
      if (places[guest] !== undefined || place(guest, seen)) return { served: true };
      return { served: false, rivals: [guest, ...[...seen].flatMap(within)], bins: [...seen] };
    },
  };
}
