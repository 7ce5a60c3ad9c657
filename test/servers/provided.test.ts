import { describe, expect, it } from 'vitest';
import { inWords, provide, type Way } from './provided.ts';

const no = (reason: string): Way => ({ how: 'docker', start: async () => ({ unavailable: reason }) });
const versionOf = async (url: string) => `version of ${url}`;

describe('provide', () => {
  it('takes the URL given and starts nothing', async () => {
    const started: string[] = [];
    const way: Way = { how: 'docker', start: async () => ({ unavailable: String(started.push('docker')) }) };
    const server = await provide({ name: 'RabbitMQ', given: 'amqp://mine', ways: [way], versionOf });
    expect(server).toMatchObject({ how: 'url', url: 'amqp://mine', version: 'version of amqp://mine' });
    expect(started).toEqual([]);
  });

  it('never tests something else than the URL given', async () => {
    const server = await provide({
      name: 'RabbitMQ',
      given: 'amqp://gone',
      ways: [{ how: 'process', start: async () => ({ url: 'amqp://other', close: async () => {} }) }],
      versionOf: () => Promise.reject(new Error('connection refused')),
    });
    expect(server).toMatchObject({ how: 'failed', reason: 'connection refused' });
    expect(server.url).toBeUndefined();
  });

  it('takes the first way that works and tells why not the ones before', async () => {
    const process: Way = { how: 'process', start: async () => ({ url: 'amqp://own', close: async () => {} }) };
    const server = await provide({ name: 'RabbitMQ', given: undefined, ways: [no('no Docker'), process], versionOf });
    expect(server).toMatchObject({ how: 'process', url: 'amqp://own', reason: 'no Docker' });
  });

  it('is skipped with every reason when no way is there', async () => {
    const server = await provide({
      name: 'MongoDB',
      given: undefined,
      ways: [no('no Docker'), no('not root')],
      versionOf,
    });
    expect(inWords(server)).toBe('MongoDB: SKIPPED, no Docker; not root');
  });

  it('has failed, with everything closed, when what was started does not answer', async () => {
    let closed = 0;
    const way: Way = { how: 'process', start: async () => ({ url: 'amqp://own', close: async () => void closed++ }) };
    const server = await provide({
      name: 'RabbitMQ',
      given: undefined,
      ways: [way],
      versionOf: () => Promise.reject(new Error('no answer')),
    });
    expect(inWords(server)).toBe('RabbitMQ: FAILED, no answer');
    expect(closed).toBe(1);
  });
});
