import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { administer, onBroker } from '../testing/broker-under-test.ts';
import { tryLogin } from './try-login.ts';

const nobody = 'amqp://u:p@127.0.0.1:1';

onBroker('a login tried on a real broker', (url) => {
  const exchange = `login-${randomBytes(4).toString('hex')}`;
  const withPassword = (password: string) => Object.assign(new URL(url), { password }).toString();

  it('is let in, and leaves nothing', async () => {
    await administer(url, (channel) => channel.assertExchange(exchange, 'topic', { autoDelete: true }));
    expect(await tryLogin({ url, hostId: 'h1', exchange })).toEqual({ ok: true });
  });

  it('says that the credentials are refused, without them', async () => {
    const tried = await tryLogin({ url: withPassword('not-this'), hostId: 'h1', exchange });
    expect(tried).toMatchObject({
      cause: expect.stringContaining('refuses the credentials'),
      remedy: expect.stringContaining('vfleet hosts enrol'),
    });
    expect(JSON.stringify(tried)).not.toContain('not-this');
  });

  it('says that the services have not been there', async () => {
    expect(await tryLogin({ url, hostId: 'h1', exchange: `${exchange}-none` })).toMatchObject({
      cause: expect.stringContaining('does not know'),
    });
  });

  it('says that it may not go further, as when there are too many connections', async () => {
    const nowhere = Object.assign(new URL(url), { pathname: '/there-is-none' }).toString();
    expect(await tryLogin({ url: nowhere, hostId: 'h1', exchange })).toMatchObject({
      cause: expect.stringContaining('no more connections'),
    });
  });

  it('says that TLS is spoken to a port that does not', async () => {
    expect(await tryLogin({ url: url.replace('amqp:', 'amqps:'), hostId: 'h1', exchange })).toMatchObject({
      ok: false,
    });
  });
});

it('says that nobody answers', async () => {
  expect(await tryLogin({ url: nobody, hostId: 'h1' })).toMatchObject({
    cause: 'The broker at 127.0.0.1:1 cannot be reached (ECONNREFUSED)',
  });
});

it('says that what answers is no broker', async () => {
  const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const tried = await tryLogin({ url: `amqp://u:p@127.0.0.1:${port}`, hostId: 'h1' });
  expect(tried).toMatchObject({ ok: false, cause: expect.stringMatching(/no broker as it should be/) });
  server.close();
});
