import type { Log } from '@vfleet/process/log';
import type { FastifyInstance } from 'fastify';
import { Histogram, type Registry } from 'prom-client';

/** Measures and logs every request by route, method and status. Addresses that no route is at count as one. */
export function observeRequests(app: FastifyInstance, { metrics, log }: { metrics: Registry; log: Log }): void {
  const duration = new Histogram({
    name: 'vfleet_http_request_duration_seconds',
    help: 'How long HTTP requests took to be answered; a change that is waited for counts with its wait.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers: [metrics],
  });
  app.addHook('onResponse', async ({ method, routeOptions, id, actor }, { statusCode: status, elapsedTime }) => {
    const route = routeOptions.url ?? 'none';
    duration.observe({ method, route, status }, elapsedTime / 1000);
    const fields = { method, route, status, ms: Math.round(elapsedTime), correlationId: id, user: actor?.name };
    if (status >= 500) log.warn(fields, 'a request was not answered well');
    else log.debug(fields, 'a request was answered');
  });
}
