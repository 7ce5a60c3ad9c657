/** A range of MAC addresses, both ends among them, in lower case with colons; none of them is a group's. */
export type MacRange = { from: string; to: string };

/** How many addresses a range has. */
export function sizeOfRange({ from, to }: MacRange): number {
  return numberOf(to) - numberOf(from) + 1;
}

/** The address at a place of a range, from 0 on. */
export function macAt({ from }: MacRange, place: number): string {
  const digits = (numberOf(from) + place).toString(16).padStart(12, '0');
  return digits.replace(/..(?=.)/g, '$&:');
}

/** A range from a place on round to the place before it: one part, or two when the place is not its beginning. */
export function roundFrom(range: MacRange, place: number): MacRange[] {
  const fromPlace = { from: macAt(range, place), to: range.to };
  return place === 0 ? [fromPlace] : [fromPlace, { from: range.from, to: macAt(range, place - 1) }];
}

/**
 * The first address of a range that is not among `taken`, addresses in their order; what of the range lies above them is
 * not known to be free. Answers `free`, or the range that is still to be looked at, or null when all of it is taken.
 */
export function firstFree(range: MacRange, taken: readonly string[]): { free: string } | { left: MacRange } | null {
  let { from } = range;
  for (const mac of taken) {
    if (mac < from) continue;
    if (mac > from) return { free: from };
    if (from === range.to) return null;
    from = macAt({ ...range, from }, 1);
  }
  return { left: { ...range, from } };
}

/** 48 bits, which a number holds exactly. */
function numberOf(mac: string): number {
  return Number.parseInt(mac.replaceAll(':', ''), 16);
}
