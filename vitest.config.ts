import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // No module has state of its own, so files may share what they import: it takes two thirds of the time.
          isolate: false,
          // No test is timed: only what never ends takes this long, however busy the machine is.
          testTimeout: 30_000,
          hookTimeout: 30_000,
          include: ['{libs,services}/**/*.test.ts', 'test/{bench,fixtures,kernel,rules,run,servers}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.server.test.ts'],
        },
      },
      {
        test: {
          name: 'faults',
          // In virtual time: what takes this long never ends.
          isolate: false,
          include: ['test/faults/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'flows',
          include: ['test/{flows,model}/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'servers',
          env: { FLOWS_ON: 'servers' },
          include: ['{libs,services}/**/*.server.test.ts', 'test/flows/**/*.test.ts', 'test/model/killed.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
