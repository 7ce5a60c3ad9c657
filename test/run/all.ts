/**
 * `npm test`: everything. Servers and the kernel test start beside the checks and units; the logs of all steps stay in
 * .cache/test-logs. README.md of this folder's parent tells what a step is and how it counts.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { provideMongodb } from '../servers/mongodb.ts';
import { inWords, type Provided } from '../servers/provided.ts';
import { provideRabbitmq } from '../servers/rabbitmq.ts';
import { runStep, type Step, type StepResult } from './step.ts';
import { lineOf, summarize } from './summary.ts';

const CLOSE_MS = 10_000;
/** Embedded means: no servers, also when the environment names some. */
const EMBEDDED = { AMQP_URL: undefined, MONGODB_URL: undefined, VFLEET_RABBITMQ_API: undefined };

const root = join(import.meta.dirname, '../..');
const logs = join(root, '.cache/test-logs');
const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => interrupt.abort());

const servers = [startServer(provideRabbitmq), startServer(provideMongodb)] as const;
const results = await Promise.all([
  inTurn([
    { name: 'types and purity', command: ['npm', 'run', '--silent', 'check:types'] },
    { name: 'format and lint', command: ['npm', 'run', '--silent', 'check:lint'] },
    { name: 'import rules', command: ['npm', 'run', '--silent', 'check:imports'] },
    { name: 'nothing unused', command: ['npm', 'run', '--silent', 'check:unused'] },
    { name: 'systemd units', command: ['node', 'test/run/systemd-units.ts'] },
    { name: "libvirt's schema", command: ['node', 'test/run/domain-xml-schema.ts'] },
    { name: 'units', command: ['vitest', 'run', '--project', 'unit'], env: EMBEDDED },
    { name: 'faults', command: ['vitest', 'run', '--project', 'faults'], env: EMBEDDED },
    { name: 'flows embedded', command: ['vitest', 'run', '--project', 'flows'], env: EMBEDDED },
  ]).then(async (checked) => [...checked, ...(interrupt.signal.aborted ? [] : await inTurn(await stepsOnServers()))]),
  inTurn([{ name: 'real Linux kernel', command: ['node', 'test/kernel/kernel.ts', 'quick'] }]),
]);

await Promise.race([Promise.all(servers.map(async (server) => (await server).close())), delay(CLOSE_MS)]);
const { text, ok } = summarize({
  servers: interrupt.signal.aborted ? [] : await Promise.all(servers),
  results: results.flat(),
  skipFails: process.env.CI === 'true',
  interrupted: interrupt.signal.aborted,
});
console.log(`\n${text}`);
process.exit(ok ? 0 : 1);

async function startServer(provide: () => Promise<Provided>): Promise<Provided> {
  const server = await provide();
  console.log(inWords(server));
  return server;
}

async function inTurn(steps: readonly Step[]): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const step of steps) {
    const result = await runStep(step, { root, logs, signal: interrupt.signal });
    // what an interrupt ended has no result
    if (interrupt.signal.aborted) break;
    console.log(lineOf(result));
    if (result.failed > 0 && existsSync(result.log)) console.log(readFileSync(result.log, 'utf8'));
    results.push(result);
  }
  return results;
}

async function stepsOnServers(): Promise<Step[]> {
  const [rabbitmq, mongodb] = await Promise.all(servers);
  const onServers = (name: string, folder: string, needed: readonly Provided[]): Step => ({
    name,
    command: ['vitest', 'run', '--project', 'servers', folder],
    env: { AMQP_URL: rabbitmq.url, MONGODB_URL: mongodb.url, ...rabbitmq.variables },
    blocked: needed.map(blockedBy).find((blocked) => blocked !== undefined),
  });
  return [
    onServers('bus on RabbitMQ', 'libs/bus', [rabbitmq]),
    onServers("agents' rights on RabbitMQ", 'services/inventory', [rabbitmq]),
    onServers('documents on MongoDB', 'libs/documents', [mongodb]),
    onServers('flows on servers', 'test/flows', [rabbitmq, mongodb]),
  ];
}

function blockedBy({ name, how, reason }: Provided): Step['blocked'] {
  return how === 'skipped' || how === 'failed' ? { as: how, reason: `no ${name}: ${reason}` } : undefined;
}
