import { readEnv } from '@vfleet/process/env';
import { expect, it } from 'vitest';
import { GatewayEnv } from './config.ts';

const SERVERS = { AMQP_URL: 'amqp://broker', MONGODB_URL: 'mongodb://store' };

it('needs the servers, and has a default for everything else', () => {
  expect(readEnv(GatewayEnv, SERVERS)).toMatchObject({
    ...{ HOST: '127.0.0.1', PORT: 8080, VFLEET_TRUST_PROXY: 'off', VFLEET_AUDIT_DAYS: 90 },
  });
});

it('says what is missing or wrong, without its value', () => {
  const read = () => readEnv(GatewayEnv, { AMQP_URL: 'http://user:hidden@broker', PORT: '70000' });
  expect(read).toThrow(/AMQP_URL.*MONGODB_URL.*PORT/s);
  expect(read).not.toThrow(/hidden/);
});
