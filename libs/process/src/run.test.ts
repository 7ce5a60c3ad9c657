import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readEnv } from './env.ts';
import { runUntilSignalled } from './run.ts';
import type { Service } from './service.ts';
import { virtualClock } from './virtual-clock.ts';

function setUp(start: (signal: AbortSignal) => Promise<Service>) {
  const events = new EventEmitter();
  const exits: number[] = [];
  const lines: string[] = [];
  const keep = (fields: object, message: string) => {
    lines.push(`${message} ${'err' in fields ? String(fields.err) : ''}`.trim());
  };
  const clock = virtualClock();
  runUntilSignalled(start, {
    clock,
    closeWithinMs: 1000,
    log: { debug: keep, info: keep, warn: keep, error: keep },
    host: { on: (event, listener) => events.on(event, listener as () => void), exit: (code) => exits.push(code) },
  });
  return { events, exits, lines, clock };
}

function service(close: () => Promise<void>): Service {
  return { problems: async () => [], close };
}

describe('runUntilSignalled', () => {
  it.each(['SIGTERM', 'SIGINT'])('closes once on %s and exits 0', async (signal) => {
    let closes = 0;
    const { events, exits, clock } = setUp(async () => service(async () => void closes++));
    await clock.advance(10);
    expect(exits).toEqual([]);
    events.emit(signal);
    await clock.advance(10);
    expect({ closes, exits }).toEqual({ closes: 1, exits: [0] });
  });

  it('ends at once on the second signal', async () => {
    let closes = 0;
    const { events, exits, clock } = setUp(async () =>
      service(() => {
        closes++;
        return new Promise(() => {});
      }),
    );
    await clock.advance(1);
    events.emit('SIGTERM');
    await clock.advance(1);
    events.emit('SIGINT');
    expect({ closes, exits }).toEqual({ closes: 1, exits: [130] });
  });

  it('waits for a slow close only so long', async () => {
    const { events, exits, lines, clock } = setUp(async () => service(() => new Promise(() => {})));
    await clock.advance(1);
    events.emit('SIGTERM');
    await clock.advance(999);
    expect(exits).toEqual([]);
    await clock.advance(1);
    expect(exits).toEqual([1]);
    expect(lines.at(-1)).toMatch(/did not stop in time/);
  });

  it('exits 1 when the close fails', async () => {
    const { events, exits, lines, clock } = setUp(async () => service(() => Promise.reject(new Error('disk full'))));
    await clock.advance(1);
    events.emit('SIGTERM');
    await clock.advance(1);
    expect({ exits, last: lines.at(-1) }).toEqual({ exits: [1], last: 'close failed Error: disk full' });
  });

  it('aborts a start that is still running and closes what it made', async () => {
    let closes = 0;
    const { events, exits, clock } = setUp(async (signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return service(async () => void closes++);
    });
    await clock.advance(1);
    events.emit('SIGINT');
    await clock.advance(1);
    expect({ closes, exits }).toEqual({ closes: 1, exits: [0] });
  });

  it('exits 0 when an aborted start gives up', async () => {
    const { events, exits, clock } = setUp(
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    await clock.advance(1);
    events.emit('SIGINT');
    await clock.advance(1);
    expect(exits).toEqual([0]);
  });

  it('exits 1 when the start fails, and says why', async () => {
    const { exits, lines, clock } = setUp(() => Promise.reject(new Error('port taken')));
    await clock.advance(1);
    expect({ exits, lines }).toEqual({ exits: [1], lines: ['start failed Error: port taken'] });
  });

  it('tells a wrong environment in its own words, without a stack', async () => {
    const { exits, lines, clock } = setUp(async () => {
      readEnv(z.object({ PORT: z.string() }), {});
      return service(async () => {});
    });
    await clock.advance(1);
    expect(exits).toEqual([1]);
    expect(lines[0]).toMatch(/^The environment is not usable\.\n {2}PORT: is missing/);
  });

  it.each(['unhandledRejection', 'uncaughtException'])('logs an %s and exits 1', async (event) => {
    const { events, exits, lines, clock } = setUp(async () => service(async () => {}));
    await clock.advance(1);
    events.emit(event, new Error('a bug'));
    expect(exits).toEqual([1]);
    expect(lines.at(-1)).toContain('a bug');
  });
});
