import { Problem } from '@vfleet/contracts/vocabulary/problem';
import { silentLog } from '@vfleet/process/log';
import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { authenticator } from './authenticate.ts';
import { answerErrors } from './problems.ts';

it('answers a login that is one too many with 429, and when to come again', async () => {
  const app = Fastify();
  answerErrors(app, silentLog);
  app.addHook(
    'onRequest',
    authenticator(async () => 'too many tries'),
  );
  app.get('/', async () => 'reached');
  const authorization = `Basic ${Buffer.from('admin@internal:guess').toString('base64')}`;
  const answer = await app.inject({ url: '/', headers: { authorization } });
  expect(answer.statusCode).toBe(429);
  expect(answer.headers).toMatchObject({
    'retry-after': '10',
    'content-type': expect.stringContaining('application/problem+json'),
  });
  expect(Problem.parse(answer.json()).code).toBe('TOO_MANY_REQUESTS');
});
