import type { PfRoom, Placing, Score } from './placing.ts';
import { type SlotRanks, slotRanksOf } from './slot-ranks.ts';

/**
 * The score of the best assignment of a host, or undefined when not all vNICs that must have a VF can get one at once.
 * Exact. In steps of `n 2^n` (`pack`, `anti-affinity`) or `(n + vNICs) 2^n` (`spread`) for `n` PFs that can give a VF.
 */
export function bestScore(placing: Placing): Score | undefined {
  const ranks = slotRanksOf(placing);
  if (ranks === undefined) return undefined;
  let [served, near, left] = [ranks.total, ranks.near, -ranks.total];
  for (const pf of placing.pfs) {
    const given = givenFirst(pf);
    served += given;
    if (pf.near) near += given;
    left += pf.free - given;
  }
  switch (placing.policy) {
    case 'pack':
      return [served, near, -left, squaresOfOthers(placing, ranks) + mostSquares(placing, ranks)];
    case 'spread':
      return [served, near, left, -squaresOfOthers(placing, ranks) - leastSquares(placing, ranks)];
    case 'anti-affinity':
      return [served, near, ...mostApart(placing, ranks)];
    default:
      return placing.policy satisfies never;
  }
}

/** A VF that an undecided vNIC has to itself is in use in some best assignment, as the taken ones are (slot-ranks.ts). */
function givenFirst({ taken, wished }: PfRoom): number {
  return taken + wished;
}

function leftFirst(pf: PfRoom): number {
  return pf.free - givenFirst(pf);
}

function squaresOfOthers({ pfs }: Placing, ranks: SlotRanks): number {
  return pfs.reduce((sum, pf, index) => (ranks.pfs.includes(index) ? sum : sum + leftFirst(pf) ** 2), 0);
}

function leftOf({ pfs }: Placing, ranks: SlotRanks): number[] {
  return ranks.pfs.map((pf) => leftFirst(pfs[pf] as PfRoom));
}

/**
 * The sum of the squares left is convex in what the PFs give, so it is greatest at a corner of what is possible, and a
 * corner is reached by letting the PFs give all they can one after the other in some order: the best order is found
 * over sets of PFs.
 */
function mostSquares(placing: Placing, ranks: SlotRanks): number {
  const { most } = ranks;
  const left = leftOf(placing, ranks);
  const squares = most.map(() => 0);
  for (let set = 1; set < most.length; set += 1) {
    for (let bit = 0, best = 0; bit < left.length; bit += 1) {
      if (!(set & (1 << bit))) continue;
      const before = set ^ (1 << bit);
      const given = (most[set] as number) - (most[before] as number);
      best = Math.max(best, (squares[before] as number) + ((left[bit] as number) - given) ** 2);
      squares[set] = best;
    }
  }
  return squares[most.length - 1] as number;
}

/**
 * Taking each VF from the PF that has most left, while it can give one more, leaves them as even as can be: what is
 * possible is the base of a polymatroid and the squares are a sum over PFs, each convex.
 */
function leastSquares(placing: Placing, ranks: SlotRanks): number {
  const left = leftOf(placing, ranks);
  const slack = [...ranks.most];
  const open = new Set(left.keys());
  for (let count = 0; count < ranks.total; ) {
    const bit = [...open].reduce((best, next) => ((left[next] as number) > (left[best] as number) ? next : best));
    if (!takeOne(slack, 1 << bit)) {
      open.delete(bit);
      continue;
    }
    left[bit] = (left[bit] as number) - 1;
    count += 1;
  }
  return left.reduce((sum, rest) => sum + rest ** 2, 0);
}

/** Takes one from all sets with the PF, unless one of them has none left. */
function takeOne(slack: number[], pf: number): boolean {
  for (let set = pf; set < slack.length; set = (set + 1) | pf) {
    if (slack[set] === 0) return false;
  }
  for (let set = pf; set < slack.length; set = (set + 1) | pf) slack[set] = (slack[set] as number) - 1;
  return true;
}

/** The most cards that can give a VF at once, and the most PFs with so many cards. */
function mostApart({ pfs }: Placing, { pfs: giving, most }: SlotRanks): [cards: number, pfs: number] {
  const used = pfs.filter((pf) => givenFirst(pf) > 0);
  const usedCards = new Set(used.map(({ card }) => card));
  const rooms = giving.map((pf) => pfs[pf] as PfRoom);
  const newCard = rooms.map(({ card }) =>
    usedCards.has(card) ? 0 : 1 << rooms.findIndex((other) => other.card === card),
  );
  const newPf = rooms.map((pf) => (givenFirst(pf) > 0 ? 0 : 1));
  const sets = most.map(() => ({ possible: true, size: 0, cards: 0, pfs: 0 }));
  let best: [number, number] = [usedCards.size, used.length];
  for (let set = 1; set < most.length; set += 1) {
    const bit = 31 - Math.clz32(set);
    const before = sets[set ^ (1 << bit)] as (typeof sets)[number];
    const { size, cards, pfs } = before;
    const reached = {
      possible: before.possible && size < (most[set] as number),
      size: size + 1,
      cards: cards | (newCard[bit] as number),
      pfs: pfs + (newPf[bit] as number),
    };
    sets[set] = reached;
    for (let other = 0; reached.possible && other < bit; other += 1) {
      reached.possible = !(set & (1 << other)) || sets[set ^ (1 << other)]?.possible === true;
    }
    if (!reached.possible) continue;
    const score: [number, number] = [usedCards.size + bitsIn(reached.cards), used.length + reached.pfs];
    if (score[0] > best[0] || (score[0] === best[0] && score[1] > best[1])) best = score;
  }
  return best;
}

function bitsIn(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
