import { silentLog } from '@vfleet/process/log';
import { Gauge, Registry } from 'prom-client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { metricsServer } from './metrics-server.ts';

let server: Awaited<ReturnType<typeof metricsServer>>;
let failure: Error | null;

beforeEach(async () => {
  failure = null;
  const registry = new Registry();
  new Gauge({
    name: 'vfleet_some',
    help: 'A figure.',
    registers: [registry],
    collect() {
      if (failure) throw failure;
      this.set(7);
    },
  });
  server = await metricsServer({ host: '127.0.0.1', port: 0, registry, log: silentLog });
});
afterEach(() => server.close());

it('serves figures in the form of Prometheus', async () => {
  const response = await fetch(server.url);
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    expect.stringContaining('version=0.0.4'),
  ]);
  expect(await response.text()).toContain('vfleet_some 7');
});

it('answers nothing else', async () => {
  expect((await fetch(server.url.replace('/metrics', '/'))).status).toBe(404);
  expect((await fetch(server.url, { method: 'POST', body: 'x' })).status).toBe(405);
});

it('tells that figures cannot be taken, and goes on', async () => {
  failure = new Error('a secret path');
  const response = await fetch(server.url);
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain('secret');
  failure = null;
  expect((await fetch(server.url)).status).toBe(200);
});

it('does not start on a port that is taken', async () => {
  const port = Number(new URL(server.url).port);
  const second = metricsServer({ host: '127.0.0.1', port, registry: new Registry(), log: silentLog });
  await expect(second).rejects.toThrow('EADDRINUSE');
});
