import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { machinesFor, PROFILES } from './machines.ts';

const suitesOf = (...names: string[]) => machinesFor(names).map(({ name, boots }) => [name, boots]);

describe('the machines of the kernel test', () => {
  it('are those of a profile', () => {
    expect(machinesFor(['quick'])).toBe(PROFILES.quick);
    expect(machinesFor(['whole'])).toBe(PROFILES.whole);
  });

  it('run only what is named, in their own order', () => {
    expect(suitesOf('vfs', 'adapter')).toEqual([['nics', [['adapter', 'vfs']]]]);
    expect(suitesOf('faults', 'libvirt')).toEqual([
      ['nics', [['faults']]],
      ['domains', [['libvirt']]],
    ]);
  });

  it('boot once before what comes after a reboot', () => {
    expect(suitesOf('after-reboot')).toEqual([['domains', [['before-reboot'], ['after-reboot']]]]);
  });

  it('know no other suite', () => {
    expect(() => machinesFor(['adapter', 'nothing'])).toThrow(/no suite: nothing; there are adapter, /);
  });

  it('have a file for each suite, and run in the whole what they run in the quick part', () => {
    const suites = (machines: (typeof PROFILES)[keyof typeof PROFILES]) =>
      machines.flatMap(({ boots }) => boots.flat());
    for (const suite of suites(PROFILES.whole)) {
      expect(existsSync(join(import.meta.dirname, 'guest', `${suite}.ts`)), suite).toBe(true);
    }
    expect(suites(PROFILES.whole)).toEqual(expect.arrayContaining(suites(PROFILES.quick)));
  });
});
