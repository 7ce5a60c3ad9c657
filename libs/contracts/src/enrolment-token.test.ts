import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { enrolmentToken, readEnrolmentToken } from './enrolment-token.ts';

const CREDENTIALS = {
  host_id: 'h1',
  broker_url: 'amqps://broker.example:5671/fleet',
  username: 'vfleet-host-h1',
  password: 'very secret',
};
const encoded = (content: unknown) => Buffer.from(JSON.stringify(content)).toString('base64url');

describe('a token', () => {
  it('comes out as it went in, whatever stands around it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.constantFrom('', ' ', '\n', '\r\n'), (password, around) => {
        const token = enrolmentToken({ ...CREDENTIALS, password });
        expect(token).toMatch(/^[A-Za-z0-9_-]+$/);
        const credentials = { ...CREDENTIALS, password };
        expect(readEnrolmentToken(around + token + around)).toEqual({ ok: true, credentials });
      }),
    );
  });

  it.each([
    ['', /empty/],
    ['a b', /one line/],
    ['abc', /not whole/],
    [enrolmentToken(CREDENTIALS).slice(0, -5), /not whole/],
    [encoded({ ...CREDENTIALS, v: 2 }), /form 2.*newer agent/],
    [encoded({ ...CREDENTIALS, v: 1, broker_url: 'http://very-secret' }), /damaged: broker_url/],
    [encoded({ v: 1 }), /damaged: host_id, broker_url, username, password/],
  ])('that cannot be read is told of, and not what it holds: %s', (token, problem) => {
    const read = readEnrolmentToken(token);
    expect(read).toEqual({ ok: false, problem: expect.stringMatching(problem) });
    expect(JSON.stringify(read)).not.toMatch(/secret/);
  });

  it('that is anything else is never read, and never a fault', () => {
    fc.assert(fc.property(fc.string(), (text) => !readEnrolmentToken(text).ok));
  });
});
