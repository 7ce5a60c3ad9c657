import { expect, it } from 'vitest';
import { type ParsedDevice, readDevice } from './parse-device.ts';
import { findOrphans } from './parse-device-tree.ts';

it.each([
  ['nothing but the computer', {}, []],
  ['a tree', { a: 'computer', b: 'a', c: 'b', d: 'a' }, []],
  ['a device without a parent, and what hangs on it', { a: 'computer', b: null, c: 'b' }, ['b', 'c']],
  ['a parent that is not listed', { a: 'gone', b: 'a', c: 'computer' }, ['a', 'b']],
  ['its own parent', { a: 'a', b: 'a', c: 'computer' }, ['a', 'b']],
  ['a circle, and a way that leads into it', { a: 'b', b: 'c', c: 'a', d: 'a', e: 'computer' }, ['a', 'b', 'c', 'd']],
  ['names that objects inherit', { constructor: 'toString', toString: 'computer' }, []],
])('%s', (_, parents: Record<string, string | null>, orphans) => {
  expect([...findOrphans(devicesOf(parents))]).toEqual(orphans);
});

it('walks a chain of any depth, in either order', () => {
  const names = Array.from({ length: 50_000 }, (_, index) => `usb_${index}`);
  const down = names.map((name, index) => [name, names[index - 1] ?? 'computer'] as const);
  expect(findOrphans(devicesOf(Object.fromEntries(down))).size).toBe(0);
  expect(findOrphans(devicesOf(Object.fromEntries(down.toReversed()))).size).toBe(0);
  expect(findOrphans(devicesOf({ ...Object.fromEntries(down), usb_0: 'usb_49999' })).size).toBe(50_000);
});

function devicesOf(parents: Record<string, string | null>): Map<string, ParsedDevice> {
  const entries = Object.entries({ computer: null, ...parents });
  return new Map(entries.map(([name, parent]) => [name, deviceOf(name, parent)]));
}

function deviceOf(name: string, parent: string | null): ParsedDevice {
  const device = readDevice(name, { params: { capability: 'usb', parent } }, []);
  if (!device) throw new Error(name);
  return device;
}
