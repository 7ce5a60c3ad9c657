import { type Shape, shapeOf } from '@vfleet/contracts/rest/shape';
import { vfsConfigRoutes } from '@vfleet/contracts/rest/vfs-configs';
import { describe, expect, it } from 'vitest';
import { readFields } from './read-fields.ts';

const { body, answer } = vfsConfigRoutes.updateVfsConfig;
const vfsConfig = {
  writable: shapeOf(body) as Extract<Shape, { kind: 'object' }>,
  known: shapeOf(answer.schema),
  what: 'vfs_config',
};

describe('a body of fields', () => {
  it('gives its writable fields and drops the read-only ones, whatever they hold', () => {
    const read = readFields({ num_of_vfs: 4, max_num_of_vfs: 'many', networks: null, state: 'ready' }, vfsConfig);
    expect(read).toEqual({ fields: { num_of_vfs: 4 }, faults: [] });
  });

  it('is refused by the name of every field that is not there', () => {
    const { faults } = readFields({ num_of_vf: 4, colour: 'red' }, vfsConfig);
    expect(faults).toEqual([
      {
        code: 'UNKNOWN_FIELD',
        detail: 'num_of_vf is not a field of vfs_config, which takes num_of_vfs, mtu, all_networks_allowed, plan_token',
      },
      {
        code: 'UNKNOWN_FIELD',
        detail: 'colour is not a field of vfs_config, which takes num_of_vfs, mtu, all_networks_allowed, plan_token',
      },
    ]);
  });

  it('knows no field that every object of JavaScript inherits', () => {
    const { fields, faults } = readFields(JSON.parse('{"constructor": 1, "toString": 2, "__proto__": 3}'), vfsConfig);
    expect(fields).toEqual({});
    expect(faults).toHaveLength(3);
  });

  it('names a field a caller sent shortly and without control characters', () => {
    const { faults } = readFields({ [`\u0007${'x'.repeat(1000)}`]: 1 }, vfsConfig);
    expect(faults[0]?.detail).toMatch(/^\ufffdx{63}… is not a field/);
  });

  it('looks into the objects it holds', () => {
    const writable: Shape = {
      kind: 'object',
      fields: { cluster: { kind: 'object', fields: { id: { kind: 'text' } } } },
    };
    const known: Shape = {
      kind: 'object',
      fields: { cluster: { kind: 'object', fields: { id: { kind: 'text' }, name: { kind: 'text' } } } },
    };
    const read = readFields({ cluster: { id: 'c1', name: 'Default', size: 3 } }, { writable, known, what: 'host' });
    expect(read.fields).toEqual({ cluster: { id: 'c1' } });
    expect(read.faults).toEqual([
      { code: 'UNKNOWN_FIELD', detail: 'size is not a field of host.cluster, which takes id' },
    ]);
  });

  it('looks into the lists it holds, and leaves what is of another kind to the schema', () => {
    const lane = (...names: string[]): Shape => ({
      kind: 'list',
      of: { kind: 'object', fields: Object.fromEntries(names.map((name) => [name, { kind: 'text' }])) },
    });
    const schemas = {
      writable: { kind: 'object', fields: { lanes: lane('id') } } as const,
      known: { kind: 'object', fields: { lanes: lane('id', 'state') } } as const,
      what: 'port',
    };
    expect(readFields({ lanes: [{ id: 'a', state: 'up' }, 7] }, schemas)).toEqual({
      fields: { lanes: [{ id: 'a' }, 7] },
      faults: [],
    });
    expect(readFields({ lanes: [{ id: 'a' }, { colour: 1 }] }, schemas).faults).toMatchObject([
      { detail: 'colour is not a field of port.lanes.1, which takes id' },
    ]);
    expect(readFields({ lanes: { id: 'a' } }, schemas)).toEqual({ fields: { lanes: { id: 'a' } }, faults: [] });
  });

  it.each([[[1]], ['text'], [null], [7], [undefined]])('%j is none', (value) => {
    expect(readFields(value, vfsConfig).faults).toEqual([
      { code: 'INVALID_VALUE', detail: 'vfs_config: must be an object of fields' },
    ]);
  });
});
