/** What the memory bus does to messages, as data. Chances are 0 to 1 and independent; the same seed does the same again. */
export type BusFaults = {
  seed: number;
  /** A message is delivered twice. */
  duplicate?: number;
  /** A message is delivered late by up to `delayUpToMs` (1 s unless told). */
  delay?: number;
  delayUpToMs?: number;
  /** A message waits until the next one of its queue has passed it, or until `delayUpToMs` have passed. */
  reorder?: number;
  /** A message whose publishing was confirmed is gone, as when the broker dies. */
  lose?: number;
  /** A command is carried out and its answer does not arrive. */
  loseReply?: number;
};

/** What becomes of one message on its way into one queue: an empty list of copies is a loss. */
export type Fate = { copies: { delayMs: number }[]; overtaken: boolean };

export type FaultSource = {
  readonly delayUpToMs: number;
  fate(): Fate;
  losesReply(): boolean;
};

/** Draws fates from the seed. Each takes the same number of draws, so that raising one chance leaves the others' draws. */
export function faultSource({
  seed,
  duplicate = 0,
  delay = 0,
  delayUpToMs = 1_000,
  reorder = 0,
  lose = 0,
  loseReply = 0,
}: BusFaults): FaultSource {
  const messages = randomness(seed);
  const replies = randomness(seed + 1);
  return {
    delayUpToMs,
    fate() {
      const draws = Array.from({ length: 7 }, messages) as [number, number, number, number, number, number, number];
      const [lost, twice, overtaken, late, lateBy, secondLate, secondLateBy] = draws;
      const delayOf = (chance: number, by: number) => (chance < delay ? 1 + Math.floor(by * delayUpToMs) : 0);
      const first = { delayMs: delayOf(late, lateBy) };
      const second = { delayMs: delayOf(secondLate, secondLateBy) };
      if (lost < lose) return { copies: [], overtaken: false };
      return { copies: twice < duplicate ? [first, second] : [first], overtaken: overtaken < reorder };
    },
    losesReply: () => replies() < loseReply,
  };
}

/** Mulberry32: uniform numbers from 0 up to 1, the same ones for the same seed. */
function randomness(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
