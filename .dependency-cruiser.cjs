/** Code that only tests run: test files, suites that adapters share, and what they are made of. */
const TESTS = [
  '[.]test[.]ts$',
  '^test/',
  '/(conformance|killing|testing)/',
  '(conformance|killing-sequences|-temporary|[.]child)[.]ts$',
];
/** Where adapters are chosen: the entry points of a service, and the composition of all of them in one process. */
const ROOTS = ['^services/[^/]+/src/[^/]*main[.]ts$', '^services/embedded/'];

/** The import rules of docs/decisions; test/rules/import-rules.test.ts breaks each of them once. */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'contracts-import-zod-only',
      severity: 'error',
      from: { path: '^libs/contracts/src/', pathNot: TESTS },
      to: { pathNot: ['^libs/contracts/', 'node_modules/zod/'] },
    },
    {
      name: 'core-is-pure',
      comment: 'a core/ knows its own core/, the contracts and zod: nothing of Node, nothing that waits',
      severity: 'error',
      from: { path: '^services/([^/]+)/src/core/', pathNot: TESTS },
      to: { pathNot: ['^services/$1/src/core/', '^libs/contracts/', 'node_modules/zod/'] },
    },
    {
      name: 'handlers-know-ports-only',
      comment:
        'a handler, and what it reads with, gets adapters, clock and log as arguments: it imports their types and mechanisms alone',
      severity: 'error',
      from: { path: '^services/([^/]+)/src/(handlers|reads)/', pathNot: TESTS },
      to: {
        pathNot: [
          '^services/$1/src/(core|handlers|reads)/',
          '^services/$1/src/[^/]+[.]ts$',
          '^libs/contracts/',
          '^libs/bus/src/bus[.]ts$',
          '^libs/documents/src/(documents|decide-and-put)[.]ts$',
          '^libs/process/src/(clock|log)[.]ts$',
        ],
      },
    },
    {
      name: 'handlers-never-import-wiring',
      severity: 'error',
      from: { path: '^services/[^/]+/src/(handlers|reads)/' },
      to: { path: '/src/(service|config|[^/]*main)[.]ts$' },
    },
    {
      name: 'never-service-to-service',
      severity: 'error',
      from: { path: '^services/([^/]+)/', pathNot: '^services/embedded/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    { name: 'libs-never-import-services', severity: 'error', from: { path: '^libs/' }, to: { path: '^services/' } },
    {
      name: 'roots-choose-adapters',
      comment: 'a service names a port; only its entry point or the embedded system opens an adapter',
      severity: 'error',
      from: { path: '^services/', pathNot: [...ROOTS, ...TESTS, '^services/[^/]+/src/adapters/'] },
      to: {
        path: ['^libs/bus/src/(amqp|memory)', '^libs/documents/src/(mongo|sqlite)', '^services/[^/]+/src/adapters/'],
      },
    },
    {
      name: 'tests-stay-in-tests',
      severity: 'error',
      from: { path: '^(libs|services)/', pathNot: TESTS },
      to: { path: [...TESTS, 'node_modules/(vitest|fast-check)/'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
