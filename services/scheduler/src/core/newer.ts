/** Where a message of an agent stands among the others of its host. */
export type Origin = { boot: number; sequence: number };

/** Whether an agent told one thing after the other: its boot rises with every start, its sequence with every message. */
export function isNewer(one: Origin, other: Origin): boolean {
  return one.boot > other.boot || (one.boot === other.boot && one.sequence > other.sequence);
}
