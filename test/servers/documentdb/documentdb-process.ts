import { join } from 'node:path';
import { until } from '../condition.ts';
import { startOwnProcess } from '../own-process.ts';
import { accepts, freePort } from '../port.ts';
import type { Started, Unavailable } from '../provided.ts';
import { startPostgres } from './postgres.ts';
import { documentdbTree } from './tree.ts';

/**
 * MongoDB's protocol without MongoDB: PostgreSQL with the DocumentDB extension from Debian, and our gateway in front of
 * it. It has transactions, unique indexes and write conflicts, but no change streams and no key pattern in its errors.
 */
export async function startDocumentdbProcess(): Promise<Started | Unavailable> {
  const tree = await documentdbTree();
  if ('unavailable' in tree) return tree;
  const postgres = await startPostgres(tree);
  const port = await freePort();
  const gateway = startOwnProcess({
    name: 'the DocumentDB gateway',
    command: process.execPath,
    args: [join(import.meta.dirname, 'gateway.ts')],
    env: { GATEWAY_PORT: String(port), POSTGRES_URL: postgres.url, SERVER_VERSION: postgres.version },
    log: `${postgres.log}.gateway`,
  });
  const close = async () => {
    await gateway.end();
    await postgres.close();
  };
  try {
    const listens = () => {
      gateway.check();
      return accepts(port);
    };
    await until(listens, { what: 'the DocumentDB gateway', withinMs: 30_000 });
    return { url: `mongodb://127.0.0.1:${port}/?directConnection=true`, close };
  } catch (error) {
    await close();
    throw error;
  }
}
