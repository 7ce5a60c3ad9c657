/**
 * `npm run bundle`: one file each for the host agent and the whole system in one process, with everything inside but
 * Node itself: dist/vfleet-host-agent.mjs and dist/vfleet.mjs, to be run by Node 24 without node_modules.
 */
import { stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { swaggerUiInBundle } from './bundle-swagger-ui.ts';

const ROOT = join(import.meta.dirname, '..');

/** The products: what `npm run bundle` makes and what an administrator installs. */
export const PRODUCTS = {
  'vfleet-host-agent.mjs': 'services/host-agent/src/main.ts',
  'vfleet.mjs': 'services/embedded/src/main.ts',
};

/** CommonJS packages inside of an ES module (pino, mongodb, fastify) still call require for what Node brings. */
const REQUIRE = [
  "import { createRequire as createRequireOfBundle } from 'node:module';",
  'const require = createRequireOfBundle(import.meta.url);',
];

/** Bundles `entry` and all it imports into one executable ES module for Node 24. Paths are absolute or from the repository. */
export async function bundle(
  { entry, outfile }: { entry: string; outfile: string },
  options: Pick<BuildOptions, 'alias'> = {},
): Promise<void> {
  await build({
    entryPoints: [resolve(ROOT, entry)],
    outfile: resolve(ROOT, outfile),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    banner: { js: ['#!/usr/bin/env node', ...REQUIRE].join('\n') },
    define: { __dirname: 'import.meta.dirname' },
    plugins: [swaggerUiInBundle],
    logLevel: 'warning',
    ...options,
  });
}

if (import.meta.main) {
  for (const [name, entry] of Object.entries(PRODUCTS)) {
    const outfile = join(ROOT, 'dist', name);
    await bundle({ entry, outfile });
    const { size } = await stat(outfile);
    console.log(`${relative(process.cwd(), outfile)}  ${(size / 1e6).toFixed(1)} MB`);
  }
}
