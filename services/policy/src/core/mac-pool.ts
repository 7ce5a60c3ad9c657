/** A range of MAC addresses, both ends among them, in lower case with colons; none of them is a group's. */
export type MacRange = { from: string; to: string };

/** How many addresses a range has. */
export function sizeOfRange({ from, to }: MacRange): number {
  return numberOf(to) - numberOf(from) + 1;
}

/** The address at a place of a range, from 0 on, and round: behind the last is the first. */
export function macAt(range: MacRange, place: number): string {
  const number = numberOf(range.from) + (place % sizeOfRange(range));
  return number
    .toString(16)
    .padStart(12, '0')
    .replace(/..(?=.)/g, '$&:');
}

/** 48 bits, which a number holds exactly. */
function numberOf(mac: string): number {
  return Number.parseInt(mac.replaceAll(':', ''), 16);
}
