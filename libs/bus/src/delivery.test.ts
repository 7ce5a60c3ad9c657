import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { describe, expect, it, vi } from 'vitest';
import { answers, type Binding, type DeadLetter, reactsTo } from './bus.ts';
import { context, Double, Happened, Look } from './conformance/contracts.ts';
import { type Delivered, receiver } from './delivery.ts';
import { LONGEST_MESSAGE_BYTES, writeMessage } from './wire.ts';

const patience = { firstDelayMs: 100, mostDelayMs: 200, totalMs: 300 };

describe('a delivered message', () => {
  it('is answered, then acked', async () => {
    const { receive, steps } = bench([answers(Double, async ({ payload }) => verdict(payload.n * 2))]);
    await receive(asked(21));
    expect(steps).toEqual(['reply {"ok":true,"reply":{"n":42}}', 'ack']);
  });

  it('that cannot be read is given up before it is acked, and its asker is told', async () => {
    const { receive, steps } = bench([]);
    await receive(asked(1));
    expect(steps).toEqual(['give up unreadable', 'ack', 'reply {"unreadable":"no handler for inventory.double"}']);
  });

  it('that is too long is given up unread, with its beginning', async () => {
    const handled: unknown[] = [];
    const { receive, letters } = bench([reactsTo(Happened, async ({ payload }) => void handled.push(payload))]);
    const body = happened('a', 1);
    await receive(body, undefined, LONGEST_MESSAGE_BYTES + 1);
    expect(letters).toMatchObject([{ reason: 'unreadable', problem: expect.stringMatching(/bytes are longer/), body }]);
    await receive(body, undefined, LONGEST_MESSAGE_BYTES);
    expect(handled).toHaveLength(1);
  });

  it('whose answer breaks its contract is a fault', async () => {
    const { receive, steps, clock } = bench([answers(Double, async () => ({ ok: true, reply: { n: 0.5 } }))]);
    await receive(asked(1));
    await clock.advance(300);
    expect(steps).toEqual(['give up failed', 'ack']);
  });

  it('is tried again with growing delays, told that it is, and acked once', async () => {
    const seen: { at: number; redelivered: boolean }[] = [];
    const { receive, steps, clock } = bench([
      reactsTo(Happened, async ({ redelivered }) => {
        seen.push({ at: clock.now(), redelivered });
        if (seen.length < 3) throw new Error('the store is away');
      }),
    ]);
    const start = clock.now();
    await receive(happened('a', 1));
    expect(steps).toEqual([]);
    await clock.advance(300);
    expect(seen.map(({ at, redelivered }) => [at - start, redelivered])).toEqual([
      [0, false],
      [100, true],
      [300, true],
    ]);
    expect(steps).toEqual(['ack']);
  });

  it('is given up with the fault when its patience ends', async () => {
    const { receive, letters, clock, receiving } = bench([
      reactsTo(Happened, async () => {
        throw new TypeError('always');
      }),
    ]);
    await receive(happened('a', 1));
    expect(receiving.held()).toBe(1);
    await clock.advance(299);
    expect(letters).toEqual([]);
    await clock.advance(1);
    expect(letters).toMatchObject([{ reason: 'failed', name: Happened.name, problem: 'TypeError: always' }]);
    expect(receiving.held()).toBe(0);
  });

  it('releases its key while it is held', async () => {
    const handled: number[] = [];
    const { receive, clock } = bench([
      reactsTo(Happened, async ({ payload, redelivered }) => {
        if (payload.n === 1 && !redelivered) throw new Error('once');
        handled.push(payload.n);
      }),
    ]);
    await receive(happened('a', 1));
    await receive(happened('a', 2));
    expect(handled).toEqual([2]);
    await clock.advance(100);
    expect(handled).toEqual([2, 1]);
  });

  it('is acked only after it was put away, however often that fails', async () => {
    let away = 2;
    const { receive, steps, clock } = bench([], async () => {
      if (away-- > 0) throw new Error('the broker is away');
    });
    await receive(asked(1));
    expect(steps).toEqual([]);
    await clock.advance(400);
    expect(steps).toEqual(['give up unreadable', 'ack', expect.stringContaining('reply')]);
  });
});

describe('keys', () => {
  it('are shared by the commands and events of an entity; queries keep no order', async () => {
    const started: string[] = [];
    const gate = Promise.withResolvers<void>();
    const wait = (name: string) => {
      started.push(name);
      return gate.promise;
    };
    const { receive } = bench([
      answers(Double, async () => wait('command').then(() => verdict(0))),
      answers(Look, async () => wait('query').then(() => verdict(0))),
      reactsTo(Happened, async () => wait('event')),
    ]);
    await receive(asked(1));
    await receive(happened('a', 1));
    await receive(written(Look, { id: 'a', n: 1 }));
    expect(started).toEqual(['command', 'query']);
    gate.resolve();
    await vi.waitFor(() => expect(started).toEqual(['command', 'query', 'event']));
  });
});

describe('loss and stop', () => {
  it('let go of what is held: neither acked nor given up', async () => {
    const fails = reactsTo(Happened, async () => {
      throw new Error('always');
    });
    const lost = bench([fails]);
    const connection = new AbortController();
    await lost.receive(happened('a', 1), connection.signal);
    connection.abort();
    await lost.clock.advance(1_000);
    expect(lost.steps).toEqual([]);

    const stopped = bench([fails]);
    await stopped.receive(happened('a', 1));
    await stopped.receiving.stop();
    await stopped.clock.advance(1_000);
    expect(stopped.steps).toEqual([]);
    expect(stopped.clock.sleepers()).toBe(0);
  });

  it('stop waits for a running handler and starts no other', async () => {
    const gate = Promise.withResolvers<void>();
    const started: number[] = [];
    const { receive, receiving, steps } = bench([
      reactsTo(Happened, async ({ payload }) => {
        started.push(payload.n);
        await gate.promise;
      }),
    ]);
    await receive(happened('a', 1));
    await receive(happened('a', 2));
    const stopped = receiving.stop().then(() => steps.push('stopped'));
    await receive(happened('b', 3));
    gate.resolve();
    await stopped;
    expect(started).toEqual([1]);
    expect(steps).toEqual(['ack', 'stopped']);
  });
});

function bench(bindings: readonly Binding[], store: () => Promise<void> = async () => undefined) {
  const clock = virtualClock();
  const steps: string[] = [];
  const letters: Omit<DeadLetter, 'queue'>[] = [];
  const receiving = receiver({
    bindings,
    clock,
    log: silentLog,
    patience,
    giveUp: async (letter) => {
      await store();
      letters.push(letter);
      steps.push(`give up ${letter.reason}`);
    },
  });
  async function receive(
    body: string,
    lost = new AbortController().signal,
    bytes = Buffer.byteLength(body),
  ): Promise<void> {
    const delivered: Delivered = {
      key: keyOf(body),
      id: `delivery-${steps.length}`,
      body,
      bytes,
      redelivered: false,
      lost,
      ack: () => steps.push('ack'),
      reply: async (answer) => {
        steps.push(`reply ${answer}`);
      },
    };
    receiving.take(delivered);
    await clock.advance(0);
  }
  return { clock, steps, letters, receiving, receive };
}

function keyOf(body: string): string {
  const { name, payload } = JSON.parse(body);
  return name === Happened.name ? `${name}.${payload.id}` : name;
}

function verdict(n: number) {
  return { ok: true as const, reply: { n } };
}

function asked(n: number): string {
  return written(Double, { id: 'a', n });
}

function happened(id: string, n: number): string {
  return writeMessage(Happened, { schema: Happened.payload, value: { id, n } }, context());
}

function written(contract: typeof Double | typeof Look, value: { id: string; n: number }): string {
  return writeMessage(contract, { schema: contract.request, value }, context());
}
