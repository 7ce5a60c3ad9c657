const service = '^services/([^/]+)/';
/** Holds the import rules of docs/architecture.md; each rule names the sentence it guards. */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'contracts-import-zod-only',
      severity: 'error',
      from: { path: '^libs/contracts/src', pathNot: '[.]test[.]ts$' },
      to: { pathNot: ['^libs/contracts/', 'node_modules/zod/'] },
    },
    {
      name: 'core-is-pure',
      comment: 'a core/ knows its own core/ and the contracts, nothing of Node',
      severity: 'error',
      from: { path: '^services/([^/]+)/src/core/', pathNot: '[.]test[.]ts$' },
      to: { pathNot: ['^services/$1/src/core/', '^libs/contracts/'] },
    },
    {
      name: 'handlers-know-ports-only',
      severity: 'error',
      from: { path: '^services/([^/]+)/src/handlers/', pathNot: '[.]test[.]ts$' },
      to: {
        pathNot: [
          '^services/$1/src/(core|handlers|ports)/',
          '^services/$1/src/[^/]+[.]ts$',
          '^libs/contracts/',
          '^libs/bus/src/bus[.]ts$',
          '^libs/documents/src/(documents|decide-and-put)[.]ts$',
        ],
      },
    },
    {
      name: 'handlers-never-import-wiring',
      severity: 'error',
      from: { path: '^services/[^/]+/src/handlers/' },
      to: { path: '/src/(service|main|config)[.]ts$' },
    },
    {
      name: 'never-service-to-service',
      severity: 'error',
      from: { path: service, pathNot: '^services/embedded/' },
      to: { path: service, pathNot: '^services/$1/' },
    },
    { name: 'libs-never-import-services', severity: 'error', from: { path: '^libs/' }, to: { path: '^services/' } },
    {
      name: 'adapters-are-chosen-by-main',
      comment: 'a service names a port; only composition roots open an adapter',
      severity: 'error',
      from: {
        path: '^services/[^/]+/src/',
        pathNot: ['/src/main[.]ts$', '/src/restore-main[.]ts$', '^services/embedded/', '[.]test[.]ts$'],
      },
      to: { path: '^libs/(bus/src/(amqp|memory)|documents/src/(mongo|sqlite))' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
