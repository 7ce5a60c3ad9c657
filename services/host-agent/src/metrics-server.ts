import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '@vfleet/process/log';
import type { Registry } from 'prom-client';

/** Far more than scrapers there are; each may take its time, and none holds the agent up. */
const MOST_CONNECTIONS = 16;
const REQUEST_MS = 5_000;

/**
 * Serves a registry at `/metrics` to whoever reaches this address: it has no login, so it listens on loopback unless it
 * is told otherwise. Rejects when it cannot listen.
 */
export async function metricsServer({
  host,
  port,
  registry,
  log,
}: {
  host: string;
  port: number;
  registry: Registry;
  log: Log;
}): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(
    { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS, keepAliveTimeout: REQUEST_MS, maxHeaderSize: 8192 },
    (request, response) => void answer(request, response),
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.listen(port, host);
  await once(server, 'listening');
  const { port: chosen } = server.address() as AddressInfo;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    if (url.split('?')[0] !== '/metrics') return end(response, 404, 'Only /metrics is here.\n');
    if (method !== 'GET' && method !== 'HEAD')
      return end(response, 405, 'Only GET is answered.\n', { allow: 'GET, HEAD' });
    try {
      end(response, 200, await registry.metrics(), { 'content-type': registry.contentType });
    } catch (error) {
      log.error({ err: error }, 'the figures of the agent could not be taken');
      end(response, 500, 'The figures could not be taken; the log of the agent tells why.\n');
    }
  }

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${chosen}/metrics`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function end(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...headers });
  response.end(text);
}
