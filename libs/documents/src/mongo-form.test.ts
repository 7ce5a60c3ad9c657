import fc from 'fast-check';
import { BSON } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { factOf, putOfThing, THINGS, type Thing, thing } from './conformance/thing.ts';
import { heldDocument, heldTombstone, placeOf, storedOf, tombstoneOf } from './mongo-form.ts';

/** Every name of every object at any depth. */
function namesOf(value: unknown): string[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, field]) => [...(Array.isArray(value) ? [] : [name]), ...namesOf(field)]);
}

describe('the form MongoDB holds', () => {
  it('gives back any JSON through BSON, and holds no name that means something to MongoDB', () => {
    const name = fc.oneof(
      fc.string({ unit: fc.constantFrom('.', '$', '%', '\0', '2', '4', 'E', 'e', 'a') }),
      fc.constantFrom('_bsontype', '$ref', '$id', '__proto__', '_id'),
    );
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof({ depthSize: 'small' }, fc.jsonValue({ stringUnit: 'binary' }), tie('object')),
      object: fc.dictionary(name, tie('json'), { maxKeys: 5 }),
    }));
    fc.assert(
      fc.property(json, (value) => {
        const rest = JSON.parse(JSON.stringify(value));
        const held = heldDocument(THINGS, putOfThing('a', 0, thing({ name: 'a', rest })));
        for (const stored of namesOf(held.body)) expect(stored).not.toMatch(/[.$\0]|^$|^_bsontype$/);
        const crossed = BSON.deserialize(BSON.serialize(held)) as typeof held;
        expect(JSON.stringify(storedOf(THINGS, crossed).body.rest)).toBe(JSON.stringify(rest));
      }),
    );
  });

  it('marks unpublished facts for the sweep, and only them', () => {
    const put = putOfThing('a', 0, thing({ name: 'a' }));
    expect(heldDocument(THINGS, { ...put, unpublished: [factOf('f1')] }).pending).toBe(true);
    expect(heldDocument(THINGS, put)).not.toHaveProperty('pending');
  });

  it('leaves out keys without values, so that a sparse index lets many hold none', () => {
    const held = heldDocument(THINGS, putOfThing('a', 0, thing({ name: 'a', serials: ['s', 's'] })));
    expect(held.keys).toEqual({ name: ['a'], serial: ['s'] });
  });

  it('orders places by value and then by id, whatever is in them', () => {
    const text = fc.string({ unit: fc.constantFrom('\u0001', '\u0002', 'a', '😀'), maxLength: 3 });
    const order = (one: string, other: string) => Math.sign(Buffer.compare(Buffer.from(one), Buffer.from(other)));
    fc.assert(
      fc.property(text, text, text, text, (value, id, otherValue, otherId) => {
        const expected = order(value, otherValue) || order(id, otherId);
        expect(order(placeOf({ value, id }), placeOf({ value: otherValue, id: otherId }))).toBe(expected);
      }),
    );
  });

  it('gives a place to sorted keys alone, and none to one without a value', () => {
    const colours = { ...THINGS, keys: { ...THINGS.keys, colour: { sorted: true, of: (body: Thing) => body.colour } } };
    const put = putOfThing('a', 0, thing({ name: 'n', colour: 'red' }));
    expect(heldDocument(colours, put).places).toEqual({ colour: 'red\0a' });
    expect(heldDocument(colours, putOfThing('a', 0, thing({ name: 'n' }))).places).toEqual({});
  });

  it('of a tombstone has its facts but neither body nor keys', () => {
    const at = '2026-01-01T00:00:00.000Z';
    const held = heldTombstone(THINGS, {
      id: 'a',
      expectedVersion: 1,
      answers: [],
      unpublished: [factOf('f1', 2)],
      at,
    });
    expect(held).toMatchObject({ version: 2, removedAt: at, keys: {} });
    expect(held).not.toHaveProperty('body');
    expect(tombstoneOf(held, at).unpublished).toEqual([factOf('f1', 2)]);
  });
});
