import type { PfRoom, Placing } from './placing.ts';

/**
 * How many VFs every set of PFs can give in a best assignment. Sets are bit masks over `pfs`, the indexes of those PFs
 * of the placing that can give any.
 */
export type SlotRanks = { pfs: readonly number[]; total: number; near: number; most: readonly number[] };

/**
 * Decides whether all vNICs that must have a VF get one at once, and if so, how many VFs each set of PFs can give at
 * most in an assignment that serves the most vNICs and, among these, the most on near PFs; undefined when it is not
 * possible. In steps of `n 2^n` for `n` PFs that can give any; independent of the number of VFs.
 *
 * Why this decides exactly. By Hall and Koenig the most vNICs a set T of PFs can serve is
 * `rank(T) = min over W containing the PFs outside T of: vNICs - room outside T + room(W) - vNICs that only W can serve`.
 * Sets of VFs that can be in use at once are the independent sets of a matroid, and by Mendelsohn and Dulmage some
 * matching uses any maximal such set *and* serves all that must be served, when these can be served at all. So which
 * vNIC is preferred does not matter to the numbers. A VF that an undecided preferred vNIC is pinned to is in use in
 * some best assignment (it has that vNIC to itself), so it counts apart; but one that must have a VF may take it.
 */
export function slotRanksOf(placing: Placing): SlotRanks | undefined {
  const pfs = givingPfs(placing);
  const rooms = pfs.map((pf) => placing.pfs[pf] as PfRoom);
  const all = (1 << pfs.length) - 1;
  const { must, any } = vnicsOnlyFor(placing, pfs);
  const room = sumPerSet(rooms.map(({ free, taken, wished }) => free - taken - wished));
  const wished = sumPerSet(rooms.map((pf) => pf.wished));
  for (let set = 0; set <= all; set += 1) {
    if (at(must, set) > at(room, set) + at(wished, set)) return undefined;
  }

  const slack = room.map((count, set) => count - at(any, set));
  leastOfSupersets(slack);
  const rank = (set: number) => at(any, all) - at(room, all ^ set) + at(slack, all ^ set);
  const near = rooms.reduce((bits, pf, bit) => (pf.near ? bits | (1 << bit) : bits), 0);
  const nearRank = rank(near);
  const most = room.map((_, set) => rank(set & near) + rank(set | near) - nearRank);
  return { pfs, total: rank(all), near: nearRank, most };
}

/** PFs with a VF that is not taken and that some vNIC without a pin can use, in their order. */
export function givingPfs({ pfs, kinds }: Placing): number[] {
  const giving: number[] = [];
  for (const [index, { free, taken }] of pfs.entries()) {
    if (free > taken && kinds.some((kind) => kind.pfs.includes(index))) giving.push(index);
  }
  return giving;
}

/** For every set of PFs the vNICs that no other PF can serve: those that must have a VF, and with those that may. */
function vnicsOnlyFor({ kinds }: Placing, pfs: readonly number[]): { must: number[]; any: number[] } {
  const must = new Array<number>(1 << pfs.length).fill(0);
  const any = [...must];
  for (const kind of kinds) {
    const set = pfs.reduce((bits, pf, bit) => (kind.pfs.includes(pf) ? bits | (1 << bit) : bits), 0);
    must[set] = at(must, set) + kind.must;
    any[set] = at(any, set) + kind.must + kind.may;
  }
  sumOfSubsets(must);
  sumOfSubsets(any);
  return { must, any };
}

function sumPerSet(values: readonly number[]): number[] {
  const sums = [0];
  for (const value of values) {
    for (let set = 0, sets = sums.length; set < sets; set += 1) sums.push(at(sums, set) + value);
  }
  return sums;
}

/** Turns a value per set into the sum over all subsets of the set, in place. */
function sumOfSubsets(values: number[]): void {
  for (let bit = 1; bit < values.length; bit <<= 1) {
    for (let set = bit; set < values.length; set += 1) {
      if (set & bit) values[set] = at(values, set) + at(values, set ^ bit);
    }
  }
}

/** Turns a value per set into the least over all supersets of the set, in place. */
function leastOfSupersets(values: number[]): void {
  for (let bit = 1; bit < values.length; bit <<= 1) {
    for (let set = 0; set < values.length; set += 1) {
      if (!(set & bit)) values[set] = Math.min(at(values, set), at(values, set | bit));
    }
  }
}

function at(values: readonly number[], set: number): number {
  return values[set] as number;
}
