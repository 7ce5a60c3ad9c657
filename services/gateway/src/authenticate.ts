import type { Actor } from '@vfleet/contracts/envelope';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readCredentials } from './core/credentials.ts';
import type { Logins } from './logins.ts';
import { RequestRefused } from './request-refused.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is logged in; null where no login is needed. */
    actor: Actor | null;
  }
}

const CHALLENGE = { 'www-authenticate': 'Basic realm="VFleet", charset="UTF-8"' };

/** Makes the hook that lets a request pass only with a login (HTTP Basic, RFC 7617), and names its actor. */
export function authenticator(logins: Logins): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  return async (request) => {
    const { authorization } = request.headers;
    if (authorization === undefined) {
      throw new RequestRefused(
        { code: 'LOGIN_REQUIRED', detail: 'the request has no Authorization header' },
        CHALLENGE,
      );
    }
    const [, encoded] = /^basic +([A-Za-z0-9+/_-]+=*)$/i.exec(authorization) ?? [];
    const credentials =
      encoded === undefined ? undefined : readCredentials(Buffer.from(encoded, 'base64').toString('utf8'));
    if (!credentials)
      throw new RequestRefused(
        { code: 'LOGIN_REQUIRED', detail: 'Authorization is not of the scheme Basic' },
        CHALLENGE,
      );
    switch (await logins(credentials, request.ip)) {
      case 'accepted':
        request.actor = { kind: 'user', name: credentials.name };
        return;
      case 'rejected':
        throw new RequestRefused({ code: 'LOGIN_REQUIRED', detail: 'user name or password is wrong' }, CHALLENGE);
      case 'too many tries':
        throw new RequestRefused(
          { code: 'TOO_MANY_REQUESTS', detail: 'too many logins from this address wait' },
          { 'retry-after': '10' },
        );
    }
  };
}
