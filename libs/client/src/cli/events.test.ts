import { expect, it } from 'vitest';
import { runCli } from './run.ts';

const event = {
  id: '01767225600000-m1',
  event: 'inventory.host-changed',
  at: '2026-01-01T00:00:00.000Z',
  version: 7,
  correlation_id: 'r1',
  actor: { kind: 'agent', name: 'h1' },
  data: { host_id: 'h1', change: 'reported', nics: [] },
};

it.each([
  [
    'events follow',
    '2026-01-01T00:00:00.000Z  inventory.host-changed  h1  {"host_id":"h1","change":"reported","nics":[]}',
  ],
  ['--json events follow --since e0', JSON.stringify(event)],
])('vfleet %s shows what happens until it is interrupted', async (line, shown) => {
  const interrupted = new AbortController();
  const out: string[] = [];
  const lastEventIds: (string | null)[] = [];
  const exit = await runCli(line.split(' '), {
    env: { VFLEET_PASSWORD: 'secret' },
    out: (text) => {
      out.push(text);
      interrupted.abort();
    },
    err: () => {},
    readFile: () => '',
    signal: interrupted.signal,
    fetch: async (_, init = {}) => {
      lastEventIds.push(new Headers(init.headers).get('last-event-id'));
      return new Response(`retry: 10\n\nid: ${event.id}\nevent: ${event.event}\ndata: ${JSON.stringify(event)}\n\n`);
    },
  });
  expect({ exit, out }).toEqual({ exit: 0, out: [shown] });
  expect(lastEventIds).toEqual([line.includes('--since') ? 'e0' : null]);
});
