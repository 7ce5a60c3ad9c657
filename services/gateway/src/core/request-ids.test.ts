import { expect, it } from 'vitest';
import { chosenCorrelationId, idempotencyKey } from './request-ids.ts';

it.each([
  { header: undefined, key: undefined },
  { header: 'deploy-42', key: 'deploy-42' },
  { header: '"8e03978e-40d5"', key: '8e03978e-40d5' },
  { header: '', key: null },
  { header: '""', key: null },
  { header: 'two words', key: null },
  { header: 'k'.repeat(200), key: 'k'.repeat(200) },
  { header: 'k'.repeat(201), key: null },
  { header: 'schlüssel', key: null },
])('the key of $header is $key', ({ header, key }) => expect(idempotencyKey(header)).toBe(key));

it.each([
  { header: 'req-1', id: 'req-1' },
  { header: undefined, id: undefined },
  { header: 'a\tb', id: undefined },
  { header: 'x'.repeat(201), id: undefined },
])('the correlation id of $header is $id', ({ header, id }) => expect(chosenCorrelationId(header)).toBe(id));
