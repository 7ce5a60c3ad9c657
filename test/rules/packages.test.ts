import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

type Package = Partial<
  Record<'scripts' | 'dependencies' | 'devDependencies' | 'optionalDependencies', Record<string, string>>
>;

const root = join(import.meta.dirname, '../..');
const files = globSync(['package.json', '{libs,services}/*/package.json', 'test/package.json'], { cwd: root });
const packages = files.map((file) => [file, JSON.parse(readFileSync(join(root, file), 'utf8')) as Package] as const);

describe('packages', () => {
  it.each(packages)(
    '%s pins every dependency to one version',
    (_file, { dependencies, devDependencies, optionalDependencies }) => {
      const versions = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
      expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
    },
  );

  it('start what runs until it is signalled with exec: npm sends SIGTERM to the shell, which would die and leave it', () => {
    const { scripts = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Package;
    for (const name of ['start', 'test', 'servers', 'bench']) expect(scripts[name]).toMatch(/^exec node \S+$/);
  });
});
