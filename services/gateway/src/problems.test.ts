import { Problem } from '@vfleet/contracts/vocabulary/problem';
import type { Log } from '@vfleet/process/log';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { expect, it } from 'vitest';
import { answerErrors } from './problems.ts';

const failWith = (error: object) => () => Promise.reject(Object.assign(new Error('secret detail'), error));

async function answerTo(handler: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>) {
  const logged: [object, string][] = [];
  const note = (fields: object, message: string) => void logged.push([fields, message]);
  const log: Log = { debug() {}, info() {}, warn() {}, error: note };
  const app = Fastify({ genReqId: () => 'r1' });
  answerErrors(app, log);
  app.get('/', handler);
  const { body, statusCode, headers } = await app.inject('/');
  await app.close();
  return { status: statusCode, headers, problem: Problem.parse(JSON.parse(body)), logged };
}

it.each([
  [{ code: 'FST_ERR_CTP_BODY_TOO_LARGE', statusCode: 413 }, 413, 'BODY_TOO_LARGE'],
  [{ code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE', statusCode: 415 }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
  [{ code: 'FST_ERR_CTP_INVALID_CONTENT_LENGTH', statusCode: 400 }, 400, 'MALFORMED_BODY'],
  [{ code: 'FST_ERR_BAD_URL', statusCode: 400 }, 400, 'MALFORMED_URL'],
  [{ code: 'FST_UNDER_PRESSURE', statusCode: 503 }, 503, 'OVERLOADED'],
  [{ code: 'FST_ERR_SOMETHING_NEW', statusCode: 431 }, 400, 'MALFORMED_HEADER'],
])('what the HTTP server refuses with %j is %i', async (error, status, code) => {
  const answer = await answerTo(failWith(error));
  expect(answer).toMatchObject({ status, problem: { code, correlation_id: 'r1' }, logged: [] });
});

it.each([[{}], [{ statusCode: 500 }], [{ code: 'ECONNREFUSED' }]])(
  'a fault (%j) is logged with its correlation id and told as 500 without its words',
  async (error) => {
    const { status, problem, logged } = await answerTo(failWith(error));
    expect({ status, code: problem.code }).toEqual({ status: 500, code: 'INTERNAL_FAULT' });
    expect(JSON.stringify(problem)).not.toContain('secret detail');
    expect(logged).toMatchObject([[{ correlationId: 'r1', err: { message: 'secret detail' } }, 'a request failed']]);
  },
);

it('an answer that cannot be sent is a fault too, and nothing is left of it', async () => {
  const answer = await answerTo(async (_, reply) =>
    reply.code(201).headers({ location: '/api/networks/\u{1f310}', etag: '"1"' }).send({ id: '\u{1f310}' }),
  );
  expect(answer).toMatchObject({ status: 500, problem: { code: 'INTERNAL_FAULT' }, logged: { length: 1 } });
  expect(answer.headers).not.toHaveProperty('etag');
});
