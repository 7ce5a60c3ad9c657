/**
 * MongoDB's wire protocol in front of PostgreSQL with the DocumentDB extension: for tests only, on 127.0.0.1, without
 * login, TLS, compression or change streams. A process of its own; GATEWAY_PORT, POSTGRES_URL and SERVER_VERSION tell it
 * what to do.
 */
import { createServer, type Socket } from 'node:net';
import { Pool } from 'pg';
import { hello, makeCommands, type Reply } from './commands.ts';
import { type Command, encodeHandshakeReply, encodeReply, readRequest, splitMessages } from './wire.ts';

const { GATEWAY_PORT, POSTGRES_URL, SERVER_VERSION = 'DocumentDB' } = process.env;

const pool = new Pool({ connectionString: POSTGRES_URL, max: 120, application_name: 'gateway' });
pool.on('error', (error) => console.error('an idle connection to PostgreSQL failed:', error.message));
const answer = makeCommands(pool, SERVER_VERSION);

createServer((socket) => serve(socket, answer)).listen(Number(GATEWAY_PORT), '127.0.0.1');

/** One client. Its messages are answered one after the other, as MongoDB does within a connection. */
function serve(socket: Socket, answer: (command: Command) => Promise<Reply>): void {
  let arrived: Buffer = Buffer.alloc(0);
  let last: Promise<void> = Promise.resolve();
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    const { messages, rest } = splitMessages(Buffer.concat([arrived, chunk]));
    arrived = rest;
    for (const message of messages) {
      last = last
        .then(() => respond(socket, message, answer))
        .catch((error) => {
          console.error(error);
          socket.destroy();
        });
    }
  });
}

async function respond(socket: Socket, message: Buffer, answer: (command: Command) => Promise<Reply>): Promise<void> {
  const request = readRequest(message);
  if (request.kind === 'handshake') {
    socket.write(encodeHandshakeReply(request.requestId, hello()));
    return;
  }
  const reply = await answer(request.command);
  if (request.wantsReply) socket.write(encodeReply(request.requestId, reply));
}
