import { boundOfShape, type Serving } from './group-bound.ts';
import { type HostShape, inScope, type NetworkScope, type PfShape } from './host-capacity.ts';
import type { Score, VnicKind } from './placing.ts';
import type { Pooled } from './pool.ts';
import { shapeServes } from './serving-rules.ts';
import type { VfDemand, VfWish } from './vf-demand.ts';

/**
 * What a demand comes to on hosts of one shape that no vNIC is pinned to: undefined when none of them can ever fit.
 * `bound` is a score that none of them exceeds but for the free VFs left, however many it has.
 */
export type GroupView = (Serving & { bound: Score }) | undefined;

/**
 * What a demand comes to on shapes. They are many where every PF may serve other networks, but PFs are alike on many of
 * them: most is worked out once for each kind of PF.
 */
export type GroupViews = {
  viewOf(shape: Pooled<HostShape>): GroupView;
  /** True when no host of the shape can ever fit: a network is missing, or no PF serves a vNIC that must have a VF. */
  isHopeless(shape: HostShape): boolean;
  /** Whether a PF can serve any vNIC. */
  isAble(pf: Pooled<PfShape>): boolean;
};

/** vNICs that ask for the same: a PF can serve all of them or none. */
type Alike = { wish: VfWish; count: number };

/**
 * Which of the vNICs alike must have a VF, as booleans and as bits. `fits` is whether all networks are there that must
 * be, and no vNIC is pinned to a VF elsewhere that must have it.
 */
type OnHost = { id: number; fits: boolean; must: readonly boolean[]; bits: Bits };

/** Which of the vNICs alike a PF can serve. PFs on the VM's NUMA node and others have different ids. */
type OnPf = { id: number; serves: readonly boolean[]; bits: Bits; isAble: boolean };

/** Booleans, 31 in each number: every shape is looked at, so that has to be quick. */
type Bits = readonly number[];

/** Nothing is worked out before it is asked for. */
export function groupViews(demand: VfDemand): GroupViews {
  const alike = alikeOf(demand.wishes);
  const hosts = interned<OnHost>();
  const pfs = interned<OnPf>();
  const hostOf = onceEach((attached: Pooled<NetworkScope>) => hosts(onHost(attached, alike, demand)));
  const pfOf = onceEach((pf: Pooled<PfShape>) => pfs(onPf(pf, alike, demand)));
  const views = new Map<string, GroupView>();

  function isHopeless(shape: HostShape): boolean {
    const { fits, bits } = hostOf(shape.attached);
    if (!fits) return true;
    for (let word = 0; word < bits.length; word += 1) {
      let unserved = bits[word] as number;
      for (const pf of shape.pfs) unserved &= ~(pfOf(pf).bits[word] as number);
      if (unserved !== 0) return true;
    }
    return false;
  }

  return {
    viewOf: onceEach((shape) => {
      if (isHopeless(shape)) return undefined;
      let key = `${hostOf(shape.attached).id}`;
      for (const [index, pf] of shape.pfs.entries()) key += `,${pfOf(pf).id}.${shape.cards[index]}`;
      const known = views.get(key);
      if (known) return known;
      const { must } = hostOf(shape.attached);
      const view = viewOf(shape, { alike, must, pfs: shape.pfs.map(pfOf) }, demand);
      views.set(key, view);
      return view;
    }),
    isHopeless,
    isAble: (pf) => pfOf(pf).isAble,
  };
}

function viewOf(
  shape: HostShape,
  { alike, must, pfs }: { alike: readonly Alike[]; must: readonly boolean[]; pfs: readonly OnPf[] },
  demand: VfDemand,
): GroupView {
  const kinds = new Map<string, VnicKind>();
  for (const [at, { wish, count }] of alike.entries()) {
    if (wish.pin !== null) continue;
    const able = [...pfs.keys()].filter((pf) => pfs[pf]?.serves[at]);
    const key = able.join();
    const kind = kinds.get(key) ?? { pfs: able, must: 0, may: 0 };
    kinds.set(key, must[at] ? { ...kind, must: kind.must + count } : { ...kind, may: kind.may + count });
  }
  const all = [...kinds.values()];
  const serving = {
    kinds: all,
    must: all.reduce((sum, kind) => sum + kind.must, 0),
    serving: [...new Set(all.flatMap((kind) => kind.pfs))],
  };
  const bound = boundOfShape(serving, shape, demand);
  return bound && { ...serving, bound };
}

function alikeOf(wishes: readonly VfWish[]): Alike[] {
  const asked = ({ must, network: { id, label, mtu }, properties, pin }: VfWish) =>
    JSON.stringify([must, id, label, mtu, properties, pin]);
  return [...Map.groupBy(wishes, asked).values()].map((same) => ({ wish: same[0] as VfWish, count: same.length }));
}

function onHost(attached: NetworkScope, alike: readonly Alike[], { networks }: VfDemand) {
  const must = alike.map(({ wish }) => wish.must || !inScope(attached, wish.network));
  const isPinned = alike.some(({ wish }, at) => must[at] && wish.pin !== null);
  const fits = !isPinned && networks.every(({ network }) => inScope(attached, network));
  return { fits, must, bits: bitsOf(must), key: `${fits} ${must}` };
}

function onPf(pf: PfShape, alike: readonly Alike[], { numaNode }: VfDemand) {
  const serves = alike.map(({ wish }) => shapeServes(pf, wish));
  const isNear = numaNode !== null && pf.numaNode === numaNode;
  return { serves, bits: bitsOf(serves), isAble: serves.includes(true), key: `${isNear} ${serves}` };
}

function bitsOf(values: readonly boolean[]): Bits {
  const words = new Array<number>(Math.ceil(values.length / 31)).fill(0);
  for (const [at, value] of values.entries()) {
    if (value) words[Math.floor(at / 31)] = (words[Math.floor(at / 31)] as number) | (1 << (at % 31));
  }
  return words;
}

/** Works out what a function answers once for each id. */
function onceEach<Asked extends { id: number }, Answer>(answer: (asked: Asked) => Answer): (asked: Asked) => Answer {
  const known = new Map<number, { answer: Answer }>();
  return (asked) => {
    const found = known.get(asked.id);
    if (found) return found.answer;
    const first = answer(asked);
    known.set(asked.id, { answer: first });
    return first;
  };
}

/** Gives values with one key one id. */
function interned<Value extends { id: number }>(): (value: Omit<Value, 'id'> & { key: string }) => Value {
  const known = new Map<string, Value>();
  return (value) => {
    const found = known.get(value.key) ?? ({ ...value, id: known.size } as unknown as Value);
    known.set(value.key, found);
    return found;
  };
}
