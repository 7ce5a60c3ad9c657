import { expect, it } from 'vitest';
import { PolicyEnv } from './config.ts';

const SERVERS = { AMQP_URL: 'amqp://broker', MONGODB_URL: 'mongodb://store' };

it.each([
  ['02:00:00:00:00:00-02:00:00:00:00:ff', { from: '02:00:00:00:00:00', to: '02:00:00:00:00:ff' }],
  ['0A:00:00:00:00:01-0a:00:00:00:00:01', { from: '0a:00:00:00:00:01', to: '0a:00:00:00:00:01' }],
])('takes the pool %s', (text, pool) => {
  expect(PolicyEnv.parse({ ...SERVERS, VFLEET_MAC_POOL: text }).VFLEET_MAC_POOL).toEqual(pool);
});

it.each([
  ['one address', '02:00:00:00:00:00'],
  ['three', '02:00:00:00:00:00-02:00:00:00:00:01-02:00:00:00:00:02'],
  ['no address', '02:00:00:00:00:00-all'],
  ['the last one first', '02:00:00:00:00:01-02:00:00:00:00:00'],
  ['addresses of groups', '01:00:00:00:00:00-01:00:00:00:00:ff'],
  ['addresses of groups between', '02:00:00:00:00:00-04:00:00:00:00:00'],
])('refuses a pool of %s', (_, text) => {
  expect(PolicyEnv.safeParse({ ...SERVERS, VFLEET_MAC_POOL: text }).success).toBe(false);
});
