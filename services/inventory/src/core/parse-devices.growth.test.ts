import { expect, it } from 'vitest';
import { makeDevices } from '../../../../test/fixtures/make-devices.ts';
import { parseDevices } from './parse-devices.ts';

type Listing = Record<string, { params: Record<string, unknown> }>;

const SMALL = 1_000;
const FACTOR = 8;
const PF = { ...pci(0xff_ff), parent: 'computer', totalvfs: 65_535 };

/** Shapes in which a careless lookup would be made once per pair of devices. */
const SHAPES: Record<string, (count: number) => Listing> = {
  'a big host': (count) => makeDevices({ count }),
  'all VFs on one PF, in one IOMMU group': (count) => {
    const vf = (index: number) => ({ ...pci(index), parent: 'computer', physfn: 'pf', iommu_group: '1' });
    return listing(Array.from({ length: count }, (_, index) => [`vf${index}`, vf(index)]));
  },
  'all netdevs on one PF': (count) => {
    const net = (index: number) => ({ capability: 'net', parent: 'pf', interface: `eth${index}` });
    return listing(Array.from({ length: count }, (_, index) => [`net${index}`, net(index)]));
  },
  'one deep chain, the lowest first': (count) =>
    listing(Array.from({ length: count }, (_, index) => [`usb${count - index}`, hub(`usb${count - index - 1}`)])),
  'a chain that ends nowhere': (count) =>
    listing(Array.from({ length: count }, (_, index) => [`usb${index}`, hub(`usb${index + 1}`)])),
  'one circle': (count) =>
    listing(Array.from({ length: count }, (_, index) => [`usb${index}`, hub(`usb${(index + 1) % count}`)])),
  'nothing but errors': (count) =>
    listing(Array.from({ length: count }, (_, index) => [`usb${index}`, { capability: 7, parent: 7, address: 7 }])),
};

it.each(Object.entries(SHAPES))('%s: the work grows as the listing does', (_, make) => {
  const small = workOf(make(SMALL));
  const large = workOf(make(SMALL * FACTOR));
  expect(small).toBeGreaterThan(SMALL);
  expect(large / small).toBeLessThan(FACTOR * 1.1);
});

/**
 * How often the parser reads a property of the listing, asks a Map or Set, steps an iterator, and how many elements it
 * hands to the methods of arrays.
 */
function workOf(made: Listing): number {
  let work = 0;
  const count = (steps: number) => {
    work += steps;
  };
  const listing = watched(made, count, (entry) => ({ params: watched((entry as Listing[string]).params, count) }));
  const iterators = [new Map().keys(), new Set().keys(), [].keys()].map((iterator) => Object.getPrototypeOf(iterator));
  const restore = [
    ...[Map.prototype, Set.prototype, ...iterators].map((prototype) => countCalls(prototype, () => count(1))),
    countCalls(Array.prototype, (array) => count((array as unknown[]).length)),
  ];
  try {
    parseDevices(listing);
  } finally {
    for (const undo of restore) undo();
  }
  return work;
}

function watched<Watched extends object>(
  watchee: Watched,
  count: (steps: number) => void,
  inner: (value: unknown) => unknown = (value) => value,
): Watched {
  const get = (target: Watched, key: string | symbol) => {
    count(1);
    return inner(Reflect.get(target, key));
  };
  return new Proxy(watchee, { get });
}

/** Calls back before every call of a method of `prototype`; answers how to stop. */
function countCalls(prototype: object, onCall: (self: unknown) => void): () => void {
  const originals = Object.getOwnPropertyDescriptors(prototype);
  for (const [name, descriptor] of Object.entries(originals)) {
    const { value: method } = descriptor;
    if (name === 'constructor' || name === 'push' || typeof method !== 'function') continue;
    const counted = function (this: unknown, ...given: unknown[]) {
      onCall(this);
      return Reflect.apply(method, this, given);
    };
    Object.defineProperty(prototype, name, { ...descriptor, value: counted });
  }
  return () => void Object.defineProperties(prototype, originals);
}

function listing(entries: [string, Record<string, unknown>][]): Listing {
  const all = [['computer', { capability: 'system' }] as const, ['pf', PF] as const, ...entries];
  return Object.fromEntries(all.map(([name, params]) => [name, { params }]));
}

function hub(parent: string) {
  return { capability: 'usb_device', parent };
}

function pci(index: number) {
  const address = { domain: index >> 16, bus: (index >> 8) & 0xff, slot: (index >> 3) & 0x1f, function: index & 7 };
  return { capability: 'pci', address };
}
