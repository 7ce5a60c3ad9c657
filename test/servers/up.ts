/**
 * `npm run --silent servers [rabbitmq] [mongodb]`: starts the servers of the tests (both unless named), prints how to
 * reach them as lines of an environment, and keeps them until Ctrl-C.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { provideMongodb } from './mongodb.ts';
import { inWords, type Provided } from './provided.ts';
import { provideRabbitmq } from './rabbitmq.ts';

const SERVERS = {
  rabbitmq: { variable: 'AMQP_URL', provide: provideRabbitmq },
  mongodb: { variable: 'MONGODB_URL', provide: provideMongodb },
};
type ServerName = keyof typeof SERVERS;

const signalled = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => resolve());
});

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(SERVERS, name));
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(', ')}; known: ${Object.keys(SERVERS).join(', ')}`);
  process.exit(2);
}
const wanted = (names.length > 0 ? names : Object.keys(SERVERS)) as ServerName[];
const starting = wanted.map(start);
await Promise.race([Promise.all(starting), signalled]);
const missing = await Promise.race([anyMissing(), signalled.then(() => false)]);
if (!missing) {
  console.error('ready; Ctrl-C ends them');
  // a pending signal alone does not keep Node alive
  const alive = setInterval(() => {}, 60_000);
  await signalled;
  clearInterval(alive);
}
// a server that is still starting gets a moment to be closed in order; after that the kernel ends it with us
await Promise.race([Promise.allSettled(starting.map(async (server) => (await server).close())), delay(10_000)]);
process.exit(missing ? 1 : 0);

async function start(name: ServerName): Promise<Provided> {
  const { variable, provide } = SERVERS[name];
  const server = await provide();
  console.error(inWords(server));
  if (server.url) console.log(`${variable}=${server.url}`);
  for (const [other, value] of Object.entries(server.variables ?? {})) console.log(`${other}=${value}`);
  return server;
}

async function anyMissing(): Promise<boolean> {
  return (await Promise.all(starting)).some(({ url }) => url === undefined);
}
