import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { afterAll, describe, expect, it } from 'vitest';

const { forbidden, options } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs');

/** For each rule: a file and the import that breaks it. */
const VIOLATIONS: [rule: string, file: string, imported: string][] = [
  ['no-cycles', 'libs/bus/src/a.ts', './b.ts'],
  ['no-unresolvable', 'libs/bus/src/lost.ts', './nowhere.ts'],
  ['contracts-import-zod-only', 'libs/contracts/src/nouns.ts', 'node:crypto'],
  ['contracts-import-zod-only', 'libs/contracts/src/verbs.ts', '../../process/src/clock.ts'],
  ['core-is-pure', 'services/inventory/src/core/decide.ts', 'node:fs'],
  ['core-is-pure', 'services/inventory/src/core/wait.ts', '../../../../libs/process/src/clock.ts'],
  ['core-is-pure', 'services/inventory/src/core/ask.ts', '../handlers/answer.ts'],
  ['handlers-know-ports-only', 'services/inventory/src/handlers/open.ts', '../../../../libs/documents/src/open.ts'],
  ['handlers-know-ports-only', 'services/inventory/src/handlers/read.ts', 'node:fs'],
  ['handlers-know-ports-only', 'services/inventory/src/reads/open.ts', '../../../../libs/documents/src/open.ts'],
  ['handlers-never-import-wiring', 'services/inventory/src/handlers/wire.ts', '../service.ts'],
  ['handlers-never-import-wiring', 'services/inventory/src/reads/wire.ts', '../service.ts'],
  ['never-service-to-service', 'services/gateway/src/steal.ts', '../../inventory/src/core/rule.ts'],
  ['libs-never-import-services', 'libs/bus/src/up.ts', '../../../services/inventory/src/core/rule.ts'],
  ['roots-choose-adapters', 'services/inventory/src/store.ts', '../../../libs/documents/src/sqlite.ts'],
  ['roots-choose-adapters', 'services/host-agent/src/touch.ts', './adapters/linux-host.ts'],
  ['tests-stay-in-tests', 'services/inventory/src/prove.ts', './prove.test.ts'],
];

/** What the rules allow: every file that is imported above, and the imports that each kind of file lives by. */
const ALLOWED: Record<string, string[]> = {
  'node_modules/zod/index.js': [],
  'libs/contracts/src/noun.ts': ['zod'],
  'libs/process/src/clock.ts': ['node:timers/promises'],
  'libs/bus/src/bus.ts': ['../../contracts/src/noun.ts'],
  'libs/bus/src/b.ts': ['./a.ts'],
  'libs/documents/src/documents.ts': ['../../contracts/src/noun.ts'],
  'libs/documents/src/open.ts': ['./sqlite.ts'],
  'libs/documents/src/sqlite.ts': ['node:sqlite'],
  'services/inventory/src/core/rule.ts': ['../../../../libs/contracts/src/noun.ts', 'zod'],
  'services/inventory/src/core/rule.test.ts': ['./rule.ts', 'node:fs', '../../../../test/fixtures/hosts.ts'],
  'services/inventory/src/handlers/answer.ts': [
    '../core/rule.ts',
    '../collections.ts',
    '../reads/find.ts',
    '../../../../libs/bus/src/bus.ts',
    '../../../../libs/documents/src/documents.ts',
    '../../../../libs/process/src/clock.ts',
  ],
  'services/inventory/src/reads/find.ts': [
    '../core/rule.ts',
    '../collections.ts',
    '../../../../libs/documents/src/documents.ts',
  ],
  'services/inventory/src/collections.ts': ['../../../libs/documents/src/documents.ts'],
  'services/inventory/src/service.ts': ['./handlers/answer.ts', '../../../libs/process/src/clock.ts'],
  'services/inventory/src/main.ts': ['./service.ts', '../../../libs/documents/src/sqlite.ts'],
  'services/inventory/src/prove.test.ts': ['./service.ts', '../../../libs/documents/src/sqlite.ts'],
  'services/host-agent/src/host.ts': ['../../../libs/contracts/src/noun.ts'],
  'services/host-agent/src/adapters/linux-host.ts': ['../host.ts', 'node:fs'],
  'services/host-agent/src/main.ts': ['./adapters/linux-host.ts'],
  'services/embedded/src/start.ts': [
    '../../inventory/src/service.ts',
    '../../host-agent/src/adapters/linux-host.ts',
    '../../../libs/documents/src/sqlite.ts',
  ],
  'test/fixtures/hosts.ts': ['../../services/embedded/src/start.ts'],
};

const directory = mkdtempSync(join(tmpdir(), 'vfleet-import-rules-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
writeFileSync(join(directory, 'package.json'), '{ "type": "module" }');
for (const [file, imports] of Object.entries(ALLOWED)) write(file, imports);
for (const [, file, imported] of VIOLATIONS) write(file, [imported]);

const { summary } = (
  await cruise(['libs', 'services', 'test'], { ...options, baseDir: directory, validate: true, ruleSet: { forbidden } })
).output as ICruiseResult;
const found = summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);

describe('the import rules', () => {
  it.each(VIOLATIONS)('%s refuses %s importing %s', (rule, file) => {
    expect(found.filter((violation) => violation.startsWith(`${rule}: ${file} -> `))).toHaveLength(1);
  });

  it.each(Object.keys(ALLOWED).filter((file) => file !== 'libs/bus/src/b.ts'))('allow what %s imports', (file) => {
    expect(found.filter((violation) => violation.includes(`: ${file} -> `))).toEqual([]);
  });

  it('are each broken above at least once', () => {
    const names: string[] = forbidden.map(({ name }: { name: string }) => name);
    expect(names.filter((name) => !VIOLATIONS.some(([rule]) => rule === name))).toEqual([]);
  });
});

function write(file: string, imports: readonly string[]): void {
  mkdirSync(dirname(join(directory, file)), { recursive: true });
  writeFileSync(join(directory, file), imports.map((imported) => `import '${imported}';\n`).join(''));
}
