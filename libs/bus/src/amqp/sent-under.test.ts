import { expect, it } from 'vitest';
import { letterSentUnder, sentUnder } from './sent-under.ts';

const fields = (exchange: string) => ({ exchange, routingKey: 'routed' });
const died = (exchange: string) => ({ exchange, 'routing-keys': ['died'] });

it.each([
  ['as it was routed', 'vfleet.events', {}, 'routed'],
  ['as it was routed, whatever its headers say', 'vfleet.events', { key: 'forged' }, 'routed'],
  ['as it was put back', '', { key: 'kept' }, 'kept'],
  ['unknown when it was put back by other hands', '', {}, null],
  ['unknown when it has no headers', '', undefined, null],
])('tells the key of a message: %s', (_what, exchange, headers, key) => {
  expect(sentUnder({ fields: fields(exchange), properties: { headers } })).toBe(key);
});

it.each([
  ['given up by a process', { key: 'kept' }, undefined, 'kept'],
  ['given up by the broker', { 'x-death': [died('vfleet.events')] }, 'services', 'died'],
  [
    'given up by the broker, with a header of its sender',
    { key: 'forged', 'x-death': [died('vfleet.events')] },
    'services',
    'died',
  ],
  [
    'given up by the broker after it was put back',
    { key: 'kept', 'x-death': [died(''), died('vfleet.events')] },
    'services',
    'kept',
  ],
  ['of an agent, which may write of deaths itself', { 'x-death': [died('vfleet.events')] }, 'vfleet-host-h1', null],
  ['of nobody who says who it is', { 'x-death': [died('vfleet.events')] }, undefined, null],
  ['of an agent that calls it put back', { key: 'forged', 'x-death': [died('')] }, undefined, null],
  ['of an agent that leaves the broker no room', { key: 'forged', 'x-death': [{ count: 1 }] }, undefined, null],
  ['without a key', { reason: 'failed' }, 'services', null],
])('tells the key of a dead letter: %s', (_what, headers, userId, key) => {
  expect(letterSentUnder({ properties: { headers, userId } }, 'services')).toBe(key);
});
