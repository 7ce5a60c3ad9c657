import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listingNames, readListing } from '../../../../test/fixtures/hostdev-list-by-caps/read-listing.ts';
import { makeDevices } from '../../../../test/fixtures/make-devices.ts';
import { type ParsedDevices, parseDevices } from './parse-devices.ts';
import { hostVfReasons } from './vf-freedom.ts';

type Listing = Record<string, unknown>;
type Fields = Record<string, unknown>;

const FIELDS = [
  ...['capability', 'parent', 'driver', 'vendor', 'vendor_id', 'product', 'product_id', 'is_assignable', 'is_free'],
  ...['address', 'iommu_group', 'numa_node', 'totalvfs', 'sriov_totalvfs', 'physfn', 'interface', 'net_iface_name'],
  ...['__proto__', 'constructor', 'toString'],
];
const LISTINGS = [...listingNames().map(readListing), makeDevices({ count: 150 })];

/** What JSON can carry in a field: wrong types, numbers beyond all bounds, names in any script, words that mean something. */
const junk = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }).filter((value) => !Object.is(value, -0)),
  fc.integer(),
  fc.constantFrom<unknown>(1e308, -1, 2 ** 53, 65_536, '7', '-1', '', 'true', 'False', null, [], {}, true),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom('pci', 'net', 'system', 'usb_device', 'computer', '__proto__', 'ens11', 'x'.repeat(300)),
);

const index = fc.nat({ max: 10_000 });
const field = fc.constantFrom(...FIELDS);
const mutation = fc.oneof(
  fc.record({ kind: fc.constant('delete device' as const), index }),
  fc.record({ kind: fc.constant('delete field' as const), index, field }),
  fc.record({ kind: fc.constant('set field' as const), index, field, value: junk }),
  fc.record({
    kind: fc.constant('set address' as const),
    index,
    part: fc.constantFrom('bus', 'slot', 'function'),
    value: junk,
  }),
  fc.record({
    kind: fc.constant('point at' as const),
    index,
    field: fc.constantFrom('parent', 'physfn'),
    other: index,
  }),
  fc.record({ kind: fc.constant('copy device' as const), index, name: fc.string({ unit: 'grapheme', maxLength: 8 }) }),
  fc.record({ kind: fc.constant('take from' as const), index, field, other: index }),
  fc.record({ kind: fc.constant('set entry' as const), index, value: junk }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer Value> ? Value : never;

const mutated = fc
  .tuple(fc.constantFrom(...LISTINGS), fc.array(mutation, { maxLength: 5 }))
  .map(([listing, mutations]) => mutations.reduce(mutate, structuredClone(listing) as Listing));

describe('whatever is done to a real listing', () => {
  it('it is taken whole, or every error names a device of it, what is wrong and in which field', () => {
    let taken = 0;
    fc.assert(
      fc.property(mutated, (listing) => {
        const result = parseDevices(listing);
        if (result.ok) taken++;
        else expectErrors(listing, result.errors);
      }),
      { numRuns: 500 },
    );
    expect(taken).toBeGreaterThan(50);
  });

  it('what is taken holds together', () => {
    fc.assert(
      fc.property(mutated, (listing) => {
        const result = parseDevices(listing);
        if (result.ok) expectSound(listing, result.inventory);
      }),
      { numRuns: 500 },
    );
  });

  it('the order of the keys makes no difference', () => {
    const shuffled = mutated.chain((listing) => fc.tuple(fc.constant(listing), fc.infiniteStream(fc.nat())));
    fc.assert(
      fc.property(shuffled, ([listing, numbers]) => {
        expect(parseDevices(reordered(listing, numbers))).toEqual(parseDevices(listing));
      }),
    );
  });

  it('a way through JSON makes no difference', () => {
    fc.assert(
      fc.property(mutated, (listing) => {
        expect(parseDevices(JSON.parse(JSON.stringify(listing)))).toEqual(parseDevices(listing));
      }),
    );
  });

  it('and whatever is no listing is refused', () => {
    fc.assert(fc.property(fc.anything(), (listing) => !parseDevices(listing).ok));
  });
});

function expectErrors(
  listing: Listing,
  errors: readonly { device: string | null; field: string | null; detail: string }[],
) {
  expect(errors.length).toBeGreaterThan(0);
  expect(errors.length).toBeLessThanOrEqual(51);
  for (const { device, field: at, detail } of errors.slice(0, 50)) {
    const known =
      device === 'computer' || Object.keys(listing).some((name) => name.startsWith(device?.replace(/…$/, '') ?? '?'));
    expect(known, String(device)).toBe(true);
    if (at !== null) expect([...FIELDS, 'params']).toContain(at.split('.')[0]);
    expect(detail).not.toBe('');
    expect(detail.length).toBeLessThan(300);
  }
}

/** Every rule is looked up again in the raw listing, the slow way. */
function expectSound(listing: Listing, { devices, pfs, vfs, orphans }: ParsedDevices): void {
  expect(devices.map(({ name }) => name)).toEqual(Object.keys(listing).sort());
  expect(vfs).toEqual(pfs.flatMap((pf) => pf.vfs));
  expect(new Set(vfs.map(({ deviceName }) => deviceName)).size).toBe(vfs.length);
  expect(orphans).toEqual(
    Object.keys(listing)
      .sort()
      .filter((name) => !reachesComputer(listing, name)),
  );
  expect(namesOf(pfs)).toEqual(namesOf(pfs).sort());
  for (const pf of pfs) {
    expect(namesOf(pf.vfs)).toEqual(namesOf(pf.vfs).sort());
    expect(pf.vfs.length).toBeLessThanOrEqual(pf.totalVfs);
    expect(orphans.includes(pf.deviceName)).toBe(pf.orphan);
  }
  for (const vf of vfs) {
    const { physfn, parent } = fieldsOf(listing, vf.deviceName);
    expect(vf.pf).toBe(physfn ?? parent);
    expect(pfs.some(({ deviceName }) => deviceName === vf.deviceName)).toBe(false);
    const group = devices.filter(({ iommuGroup }) => iommuGroup !== null && iommuGroup === vf.iommuGroup);
    expect(vf.sharedIommuGroup).toBe(group.length > 1);
    const cutOff = orphans.includes(vf.deviceName) || orphans.includes(vf.pf);
    const reasons = hostVfReasons(vf, undefined, []).reasons.map(({ code }) => code);
    expect(reasons.includes('ORPHAN')).toBe(cutOff);
  }
}

function namesOf(functions: readonly { deviceName: string }[]): string[] {
  return functions.map(({ deviceName }) => deviceName);
}

function reachesComputer(listing: Listing, start: string): boolean {
  const passed = new Set<unknown>();
  let name: unknown = start;
  while (typeof name === 'string' && Object.hasOwn(listing, name) && !passed.has(name)) {
    if (name === 'computer') return true;
    passed.add(name);
    name = fieldsOf(listing, name).parent;
  }
  return false;
}

function mutate(listing: Listing, change: Mutation): Listing {
  const name = nameAt(listing, change.index);
  const fields = { ...fieldsOf(listing, name) };
  switch (change.kind) {
    case 'delete device':
      return without(listing, name);
    case 'delete field':
      return put(listing, name, { params: without(fields, change.field) });
    case 'set field':
      return put(listing, name, { params: put(fields, change.field, change.value) });
    case 'set address':
      return put(listing, name, {
        params: { ...fields, address: { ...Object(fields.address), [change.part]: change.value } },
      });
    case 'point at':
      return put(listing, name, { params: put(fields, change.field, nameAt(listing, change.other)) });
    case 'copy device':
      return put(listing, change.name, { params: fields });
    case 'take from':
      return put(listing, name, {
        params: put(fields, change.field, fieldsOf(listing, nameAt(listing, change.other))[change.field]),
      });
    case 'set entry':
      return put(listing, name, change.value);
  }
}

function nameAt(listing: Listing, position: number): string {
  const names = Object.keys(listing);
  return names[position % names.length] ?? 'computer';
}

function fieldsOf(listing: Listing, name: string): Fields {
  const entry = Object.hasOwn(listing, name) ? listing[name] : undefined;
  const params: unknown = typeof entry === 'object' && entry !== null && 'params' in entry ? entry.params : undefined;
  return typeof params === 'object' && params !== null && !Array.isArray(params) ? (params as Fields) : {};
}

/** As JSON.parse does, `__proto__` becomes a key like any other. */
function put(fields: Fields, key: string, value: unknown): Fields {
  const kept = Object.entries(fields).filter(([name]) => name !== key);
  return Object.fromEntries(value === undefined ? kept : [...kept, [key, value]]);
}

function without(fields: Fields, key: string): Fields {
  return put(fields, key, undefined);
}

function reordered(value: unknown, numbers: Iterator<number>): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => ({ key, inner, rank: numbers.next().value }));
  const sorted = entries.sort((a, b) => a.rank - b.rank);
  return Object.fromEntries(sorted.map(({ key, inner }) => [key, reordered(inner, numbers)]));
}
