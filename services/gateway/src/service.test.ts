import { memoryBroker } from '@vfleet/bus/memory';
import type { Collection } from '@vfleet/documents/documents';
import { openTemporary } from '@vfleet/documents/sqlite-temporary';
import { silentLog } from '@vfleet/process/log';
import { turnsUntil } from '@vfleet/process/turns-until';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startGateway } from './service.ts';
import { type GatewayUnderTest, gatewayUnderTest } from './testing/gateway-under-test.ts';

describe('readiness', () => {
  let tested: GatewayUnderTest;
  beforeEach(async () => {
    tested = await gatewayUnderTest();
  });
  afterEach(() => tested.close());

  const ready = async (pass = true) => {
    const asked = tested.call('GET', '/ready', { login: null });
    const { status, json } = pass ? await tested.passTimeUntil(asked) : await asked;
    return { status, ...(json() as { ready: boolean; problems: string[] }) };
  };

  it('is told when everything works', async () => {
    expect(await ready(false)).toEqual({ status: 200, ready: true, problems: [] });
    expect(await tested.gateway.problems()).toEqual([]);
  });

  it.each(['inventory', 'policy', 'scheduler'] as const)(
    'is gone when %s does not answer, and back when it does',
    async (service) => {
      await tested[service].away();
      expect(await ready()).toEqual({ status: 503, ready: false, problems: [`${service} does not answer`] });
      await tested[service].serve();
      await tested.clock.advance(1000);
      expect(await ready()).toMatchObject({ ready: true });
    },
  );

  it('is looked at once a second, however often it is asked', async () => {
    await Promise.all(Array.from({ length: 20 }, () => ready(false)));
    const text = (await tested.call('GET', '/metrics')).text;
    expect(text).toMatch(/vfleet_ask_duration_seconds_count\{.*contract="inventory.list-hosts".*\} 1$/m);
  });

  it('says nothing of being alive', async () => {
    await tested.inventory.away();
    const { status, json } = await tested.call('GET', '/health', { login: null });
    expect({ status, body: json() }).toEqual({ status: 200, body: { alive: true } });
  });
});

describe('a gateway whose event loop is held up', () => {
  const holdUp = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

  it('answers when it goes on, unless that took longer than it may, right after its start, too', async () => {
    const tested = await gatewayUnderTest();
    holdUp(1_100);
    expect((await tested.call('GET', '/api/hosts')).status).toBe(200);
    await tested.close();
  });

  it('turns requests away as long as every turn takes longer than it may', async () => {
    const tested = await gatewayUnderTest({ maxEventLoopDelayMs: 50 });
    let isOver = false;
    const turnedAway = (async () => {
      for (;;) {
        const reply = await tested.call('GET', '/api/hosts');
        if (reply.status !== 200 || isOver) return reply;
      }
    })().finally(() => {
      isOver = true;
    });
    await turnsUntil(() => {
      if (!isOver) holdUp(100);
      return isOver;
    }).finally(() => {
      isOver = true;
    });
    const { status, headers, json } = await turnedAway;
    expect({ status, body: json() }).toMatchObject({ status: 503, body: { code: 'OVERLOADED' } });
    expect(headers.get('retry-after')).toBe('10');
    await tested.close();
  });
});

describe('a gateway', () => {
  let temporary: Awaited<ReturnType<typeof openTemporary>>;
  beforeEach(async () => {
    temporary = await openTemporary();
  });
  afterEach(() => temporary.destroy());

  const start = (over: Partial<Parameters<typeof startGateway>[0]> = {}) => {
    const clock = virtualClock();
    const announced: string[] = [];
    const started = startGateway({
      bus: memoryBroker({ clock, log: silentLog }).connect(),
      store: temporary.store,
      clock,
      log: silentLog,
      newId: () => 'id',
      settings: { port: 0, adminPassword: 'secret' },
      announce: (text) => void announced.push(text),
      ...over,
    });
    return { started, clock, announced };
  };

  it('makes a password at its first start, says it once, and takes it', async () => {
    const first = start({ settings: { port: 0 } });
    const gateway = await first.started;
    const [text = ''] = first.announced;
    const [, password] = /^Login: admin@internal, password: (\S{24})$/m.exec(text) ?? [];
    const authorization = `Basic ${Buffer.from(`admin@internal:${password}`).toString('base64')}`;
    expect((await fetch(`${gateway.url}/api`, { headers: { authorization } })).status).toBe(200);
    await gateway.close();
    const second = start({ settings: { port: 0 } });
    await (await second.started).close();
    expect(second.announced).toEqual([]);
  });

  it('listens without a broker, says so, and is ready when the broker is there', async () => {
    const clock = virtualClock();
    const bus = memoryBroker({ clock, log: silentLog }).connect();
    let there = false;
    const { started } = start({
      clock,
      bus: {
        ...bus,
        connected: () => there && bus.connected(),
        follow: (...follow) => (there ? bus.follow(...follow) : Promise.reject(new Error('no broker'))),
      },
    });
    const gateway = await started;
    const problems = gateway.problems();
    await clock.advance(2000);
    expect(await problems).toEqual([
      'the message broker is not connected',
      'changes are not followed yet',
      'inventory does not answer',
      'policy does not answer',
      'scheduler does not answer',
    ]);
    there = true;
    await clock.advance(1000);
    const later = gateway.problems();
    await clock.advance(2000);
    expect(await later).toEqual([
      ...['inventory does not answer', 'policy does not answer', 'scheduler does not answer'],
    ]);
    await gateway.close();
  });

  it('closes though its subscription was never granted', async () => {
    const bus = memoryBroker({ clock: virtualClock(), log: silentLog }).connect();
    const gateway = await start({ bus: { ...bus, follow: () => new Promise(() => {}) } }).started;
    await gateway.close();
  });

  it('closes twice as once, and leaves no timer', async () => {
    const { started, clock } = start();
    const gateway = await started;
    await Promise.all([gateway.close(), gateway.close()]);
    expect(clock.sleepers()).toBe(0);
    await expect(fetch(`${gateway.url}/health`)).rejects.toThrow();
  });

  it('turns away who would change something while its audit log cannot be written, and goes on when it can', async () => {
    let works = false;
    const store = {
      ...temporary.store,
      open: async <Body>(collection: Collection<Body>) => {
        const documents = await temporary.store.open(collection);
        const put: typeof documents.put = (one) =>
          works || collection.name !== 'audit' ? documents.put(one) : Promise.reject(new Error('disk full'));
        return { ...documents, put };
      },
    };
    const { started, clock } = start({ store });
    const gateway = await started;
    const authorization = `Basic ${Buffer.from('admin@internal:secret').toString('base64')}`;
    const ask = async (method: string, path: string) => {
      const response = await fetch(`${gateway.url}${path}`, { method, headers: { authorization } });
      return { status: response.status, text: await response.text(), retryAfter: response.headers.get('retry-after') };
    };
    expect((await ask('POST', '/api/vms')).status).toBe(400);
    const turnedAway = await ask('POST', '/api/vms');
    expect(turnedAway).toMatchObject({ status: 503, retryAfter: '5' });
    expect(turnedAway.text).toContain('the audit log cannot be written');
    expect((await ask('GET', '/api')).status).toBe(200);
    works = true;
    await clock.advance(1000);
    await turnsUntil(async () => (await ask('POST', '/api/vms')).status !== 503);
    const { text } = await ask('GET', '/api/audit');
    expect((JSON.parse(text) as { items: { status: number }[] }).items.map(({ status }) => status)).toEqual([400, 400]);
    await gateway.close();
  });

  it('fails to start without its users, and leaves nothing behind', async () => {
    const store = {
      ...temporary.store,
      open: async <Body>(collection: Collection<Body>) => {
        const documents = await temporary.store.open(collection);
        return collection.name === 'users'
          ? { ...documents, put: () => Promise.reject(new Error('disk full')) }
          : documents;
      },
    };
    const { started, clock } = start({ store });
    await expect(started).rejects.toThrow('disk full');
    expect(clock.sleepers()).toBe(0);
  });

  it('fails to start on a port that is taken, and leaves nothing behind', async () => {
    const taken = await start().started;
    const { started, clock } = start({ settings: { port: Number(new URL(taken.url).port), adminPassword: 'secret' } });
    await expect(started).rejects.toThrow('EADDRINUSE');
    expect(clock.sleepers()).toBe(0);
    await taken.close();
  });
});
