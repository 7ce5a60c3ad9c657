import { describe, expect, it } from 'vitest';
import type { Provided } from '../servers/provided.ts';
import type { StepResult } from './step.ts';
import { summarize } from './summary.ts';

const rabbitmq: Provided = {
  name: 'RabbitMQ',
  how: 'process',
  version: 'RabbitMQ 3.10.8',
  url: 'amqp://guest:secret@127.0.0.1:5672',
  reason: 'no Docker daemon answers',
  close: async () => {},
};
const mongodb: Provided = { name: 'MongoDB', how: 'skipped', version: '', reason: 'not root', close: async () => {} };
const units: StepResult = { name: 'units', passed: 40, failed: 0, skipped: [], seconds: 3.21, log: '' };
const kernel: StepResult = { name: 'kernel', passed: 0, failed: 0, skipped: ['no mirror'], seconds: 0.1, log: '' };
const broken: StepResult = { name: 'flows', passed: 3, failed: 2, skipped: [], seconds: 61, log: '' };

function ended(results: StepResult[], { skipFails = false, interrupted = false } = {}) {
  return summarize({ servers: [rabbitmq, mongodb], results, skipFails, interrupted });
}

describe('summarize', () => {
  it('ends with the count alone', () => {
    expect(ended([units, kernel, broken]).text.split('\n').at(-1)).toBe('43 passed, 2 failed, 1 skipped');
  });

  it('names each server, how it was had and why it was not, without passwords', () => {
    const { text } = ended([units]);
    expect(text).toContain('RabbitMQ 3.10.8, a process of our own, amqp://127.0.0.1:5672 (no Docker daemon answers)');
    expect(text).toContain('MongoDB: SKIPPED, not root');
    expect(text).not.toContain('secret');
  });

  it('shows every step with its end, and everything skipped with its reason', () => {
    const { text } = ended([units, kernel, broken]);
    expect(text).toMatch(/pass {2}units +3\.2 s {2}40 passed/);
    expect(text).toMatch(/FAIL {2}flows +61\.0 s {2}3 passed, 2 FAILED/);
    expect(text).toMatch(/SKIP {2}kernel/);
    expect(text).toContain('  kernel: no mirror');
  });

  it.each([
    ['all passed', [units], {}, true],
    ['one failed', [units, broken], {}, false],
    ['one skipped', [units, kernel], {}, true],
    ['one skipped where a skip fails', [units, kernel], { skipFails: true }, false],
    ['interrupted', [units], { interrupted: true }, false],
  ])('judges a run: %s', (_what, results, options, ok) => {
    expect(ended(results, options).ok).toBe(ok);
  });
});
