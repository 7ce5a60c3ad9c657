import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

/** Files of swagger-ui that its page asks for, by ending. */
const TYPES: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  png: 'image/png',
  svg: 'image/svg+xml',
};

/** The page loads swagger-ui-bundle.js; the same without its dependencies is for bundlers. */
const UNUSED = ['swagger-ui.js'];

const LOGO = "fsPromises.readFile(path.join(__dirname, './static/logo.svg'))";

/**
 * Puts the files that @fastify/swagger-ui serves from its own folder into the bundle: in place of @fastify/static, which
 * nothing else uses, stands a plugin that serves them from memory, and the logo is read from there.
 */
export const swaggerUiInBundle: Plugin = {
  name: 'swagger-ui-in-bundle',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /^@fastify\/static$/ }, ({ resolveDir }) => ({
      path: join(resolveDir, '../static'),
      namespace: 'swagger-ui-files',
    }));
    onLoad({ filter: /.*/, namespace: 'swagger-ui-files' }, async ({ path }) => ({
      contents: servingFromMemory(await embedded(path)),
      loader: 'js',
    }));
    onLoad({ filter: /@fastify\/swagger-ui\/index\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      if (!source.includes(LOGO)) throw new Error(`${path} no longer reads its logo as this plugin expects`);
      const logo = await readFile(join(dirname(path), 'static/logo.svg'), 'base64');
      return { contents: source.replace(LOGO, `Buffer.from('${logo}', 'base64')`), loader: 'js' };
    });
  },
};

type Embedded = { name: string; type: string; base64: string };

async function embedded(folder: string): Promise<Embedded[]> {
  const names = (await readdir(folder)).filter((name) => !UNUSED.includes(name));
  const files = names.map(async (name) => {
    const type = TYPES[name.split('.').at(-1) ?? ''];
    return type ? [{ name, type, base64: await readFile(join(folder, name), 'base64') }] : [];
  });
  return (await Promise.all(files)).flat();
}

/** A fastify plugin below the prefix that swagger-ui registers it with. Routes that swagger-ui has itself win. */
function servingFromMemory(files: Embedded[]): string {
  return `
const files = ${JSON.stringify(files)};
module.exports = async (fastify) => {
  for (const { name, type, base64 } of files) {
    if (fastify.hasRoute({ method: 'GET', url: fastify.prefix + '/' + name })) continue;
    const content = Buffer.from(base64, 'base64');
    fastify.get('/' + name, { schema: { hide: true } }, (request, reply) => reply.type(type).send(content));
  }
};
`;
}
