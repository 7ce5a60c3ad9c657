import { describe, expect, it } from 'vitest';
import { type LogLevel, makeLogger } from './logger.ts';

function logged(act: (log: ReturnType<typeof makeLogger>) => void, level: LogLevel = 'info'): string[] {
  const lines: string[] = [];
  act(makeLogger({ name: 'test', level, destination: { write: (line) => lines.push(line) } }));
  return lines;
}

describe('makeLogger', () => {
  it('writes one JSON object a line with name, level in words and an ISO time', () => {
    const [line] = logged((log) => log.info({ host: 'h1' }, 'host came up'));
    expect(JSON.parse(line ?? '')).toMatchObject({ name: 'test', level: 'info', host: 'h1', msg: 'host came up' });
    expect(JSON.parse(line ?? '').time).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it('keeps to its level', () => {
    expect(logged((log) => log.debug({}, 'detail'))).toEqual([]);
    expect(logged((log) => log.debug({}, 'detail'), 'debug')).toHaveLength(1);
  });

  it.each([
    ['at the top', { password: 'hunter2' }],
    ['in a field', { user: { passwordHash: 'hunter2' } }],
    ['deeper', { request: { headers: { authorization: 'Basic hunter2' } } }],
    ['in a header with a dash', { reply: { headers: { 'set-cookie': 'sid=hunter2' } } }],
    ['in a URL', { broker: 'amqp://vfleet:hunter2@10.0.0.1:5672/fleet' }],
    ['in an error', { err: new Error('connect amqp://vfleet:hunter2@10.0.0.1: refused') }],
  ])('censors a secret %s', (_where, fields) => {
    const lines = logged((log) => log.error(fields, 'failed'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('[secret]');
    expect(lines[0]).not.toContain('hunter2');
  });

  it.each(['err', 'error'])('writes an error under %s with its message and stack', (field) => {
    const [line] = logged((log) => log.warn({ [field]: new TypeError('no such host') }, 'failed'));
    expect(JSON.parse(line ?? '')[field]).toMatchObject({ type: 'TypeError', message: 'no such host' });
    expect(line).toContain('logger.test.ts');
  });

  it('censors a secret in the message', () => {
    expect(logged((log) => log.info({}, 'using mongodb://u:hunter2@db/x'))[0]).not.toContain('hunter2');
  });
});
