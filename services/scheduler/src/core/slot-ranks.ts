import type { Placing } from './placing.ts';

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
  const size = 1 << pfs.length;
  const bitOf = new Map(pfs.map((pf, bit) => [pf, 1 << bit]));
  const must = new Array<number>(size).fill(0);
  const all = new Array<number>(size).fill(0);
  let vnics = 0;
  for (const kind of placing.kinds) {
    const mask = kind.pfs.reduce((bits, pf) => bits | (bitOf.get(pf) ?? 0), 0);
    must[mask] = (must[mask] as number) + kind.must;
    all[mask] = (all[mask] as number) + kind.must + kind.may;
    vnics += kind.must + kind.may;
  }
  addUpSubsets(must);
  addUpSubsets(all);

  const room = new Array<number>(size).fill(0);
  for (let set = 1; set < size; set += 1) {
    const bit = 31 - Math.clz32(set);
    const { free, taken, wished } = pfAt(placing, pfs, bit);
    room[set] = (room[set ^ (1 << bit)] as number) + free - taken - wished;
  }
  if (!allMust(must, room, wishedOf(placing, pfs))) return undefined;

  const slack = room.map((rooms, set) => rooms - (all[set] as number));
  leastOfSupersets(slack);
  const rank = (set: number) => vnics - (room[size - 1 - set] as number) + (slack[size - 1 - set] as number);
  const near = pfs.reduce((bits, pf, bit) => (placing.pfs[pf]?.near ? bits | (1 << bit) : bits), 0);
  const nearRank = rank(near);
  const most = room.map((_, set) => rank(set & near) + rank(set | near) - nearRank);
  return { pfs, total: rank(size - 1), near: nearRank, most };
}

/** PFs with a VF that is not taken and that some vNIC without a pin can use. */
export function givingPfs({ pfs, kinds }: Placing): number[] {
  const wanted = new Set(kinds.flatMap((kind) => kind.pfs));
  return [...wanted]
    .filter((pf) => {
      const room = pfs[pf];
      return room !== undefined && room.free > room.taken;
    })
    .sort((one, other) => one - other);
}

function pfAt(placing: Placing, pfs: readonly number[], bit: number) {
  const pf = placing.pfs[pfs[bit] as number];
  if (pf === undefined) throw new Error(`no PF ${bit}`);
  return pf;
}

/** Hall's condition: no set of PFs is all that more vNICs have than it has VFs. */
function allMust(must: readonly number[], room: readonly number[], wished: readonly number[]): boolean {
  return must.every((vnics, set) => vnics <= (room[set] as number) + sumOver(wished, set));
}

function wishedOf(placing: Placing, pfs: readonly number[]): number[] {
  return pfs.map((_, bit) => pfAt(placing, pfs, bit).wished);
}

function sumOver(values: readonly number[], set: number): number {
  let sum = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) sum += values[31 - Math.clz32(rest & -rest)] as number;
  return sum;
}

/** Turns a value per set into the sum over all subsets of the set, in place. */
function addUpSubsets(values: number[]): void {
  for (let bit = 1; bit < values.length; bit <<= 1) {
    for (let set = 0; set < values.length; set += 1) {
      if (set & bit) values[set] = (values[set] as number) + (values[set ^ bit] as number);
    }
  }
}

/** Turns a value per set into the least over all supersets of the set, in place. */
function leastOfSupersets(values: number[]): void {
  for (let bit = 1; bit < values.length; bit <<= 1) {
    for (let set = 0; set < values.length; set += 1) {
      if (!(set & bit)) values[set] = Math.min(values[set] as number, values[set | bit] as number);
    }
  }
}
