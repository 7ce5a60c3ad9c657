import { HostChanged } from '@vfleet/contracts/inventory';
import { isoNow } from '@vfleet/process/clock';
import { turnsUntil } from '@vfleet/process/turns-until';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, gatewayUnderTest, PASSWORD } from './testing/gateway-under-test.ts';

let tested: GatewayUnderTest;
let open: AbortController;
let said = 0;
beforeEach(async () => {
  tested = await gatewayUnderTest();
  open = new AbortController();
});
afterEach(async () => {
  open.abort();
  await tested.close();
});

async function follow(url: string, lastEventId?: string) {
  const response = await fetch(`${url}/api/events`, {
    headers: {
      authorization: `Basic ${Buffer.from(`admin@internal:${PASSWORD}`).toString('base64')}`,
      accept: 'text/event-stream',
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    signal: open.signal,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  async function next(wanted: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = wanted.exec(text);
      if (match) {
        text = text.slice(match.index + match[0].length);
        return match;
      }
      const chunk = await reader?.read();
      if (!chunk || chunk.done) throw new Error(`the stream ended: ${text}`);
      text += chunk.value;
    }
  }
  return {
    headers: response.headers,
    next,
    /** The next event: its id and the host it is about. */
    async event() {
      const [, id = '', host = ''] = await next(
        /id: (.*)\nevent: inventory\.host-changed\ndata: .*"host_id":"(\w+)".*\n\n/,
      );
      return { id, host };
    },
    ended: async () => {
      while (!(await reader?.read())?.done);
    },
  };
}

async function say(hostId: string): Promise<void> {
  await tested.clock.advance(1);
  const context = {
    id: `m${++said}`,
    correlationId: 'r1',
    actor: { kind: 'agent', name: hostId },
    sentAt: isoNow(tested.clock),
  } as const;
  await tested.broker.connect().publish(HostChanged, { hostId, change: 'updated', nics: [] }, context);
  await tested.broker.idle();
}

describe('GET /api/events', () => {
  it('is a stream of server-sent events that no proxy holds back', async () => {
    const { headers, next } = await follow(tested.url);
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-accel-buffering')).toBe('no');
    await next(/retry: 2000\n\n/);
  });

  it('goes on at another gateway where it ended at the first', async () => {
    const other = await tested.another();
    const first = await follow(tested.url);
    await first.next(/: alive\n\n/);
    await say('h1');
    const { id, host } = await first.event();
    expect(host).toBe('h1');
    open.abort();
    open = new AbortController();
    await say('h2');
    const second = await follow(other.url, id);
    expect((await second.event()).host).toBe('h2');
    await say('h3');
    expect((await second.event()).host).toBe('h3');
  });

  it('has the same ids at every gateway', async () => {
    const other = await tested.another();
    const streams = [await follow(tested.url), await follow(other.url)];
    for (const stream of streams) await stream.next(/: alive\n\n/);
    await say('h1');
    const [first, second] = await Promise.all(streams.map((stream) => stream.event()));
    expect(second).toEqual(first);
  });

  it('tells that it is alive', async () => {
    const { next } = await follow(tested.url);
    await next(/: alive\n\n/);
    await tested.clock.advance(15_000);
    await next(/: alive\n\n/);
  });

  it('ends when the gateway stops', async () => {
    const { next, ended } = await follow(tested.url);
    await next(/: alive\n\n/);
    await Promise.all([tested.gateway.close(), ended()]);
  });

  it('lets go of callers that are gone', async () => {
    const { next } = await follow(tested.url);
    await next(/: alive\n\n/);
    const sleeping = tested.clock.sleepers();
    open.abort();
    await turnsUntil(() => tested.clock.sleepers() < sleeping);
  });
});
