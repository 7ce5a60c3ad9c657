import { expect, it } from 'vitest';
import { letterSentUnder, sentUnder } from './sent-under.ts';

const fields = (exchange: string) => ({ exchange, routingKey: 'routed' });
const died = (exchange: string) => ({ exchange, 'routing-keys': ['died'] });

it.each([
  ['as it was routed', 'vfleet.events', {}, 'routed'],
  ['as it was routed, whatever its headers say', 'vfleet.events', { key: 'forged' }, 'routed'],
  ['as it was put back', '', { key: 'kept' }, 'kept'],
  ['unknown when it was put back by an older process', '', {}, null],
  ['unknown when it has no headers', '', undefined, null],
])('tells the key of a message: %s', (_what, exchange, headers, key) => {
  expect(sentUnder({ fields: fields(exchange), properties: { headers } })).toBe(key);
});

it.each([
  ['given up by a process', { key: 'kept' }, 'kept'],
  ['given up by the broker', { 'x-death': [died('vfleet.events')] }, 'died'],
  [
    'given up by the broker, with a header of its sender',
    { key: 'forged', 'x-death': [died('vfleet.events')] },
    'died',
  ],
  [
    'given up by the broker after it was put back',
    { key: 'kept', 'x-death': [died(''), died('vfleet.events')] },
    'kept',
  ],
  ['of an older process', { reason: 'failed' }, null],
  ['of an unknown form', { 'x-death': 'once' }, null],
])('tells the key of a dead letter: %s', (_what, headers, key) => {
  expect(letterSentUnder({ properties: { headers } })).toBe(key);
});
