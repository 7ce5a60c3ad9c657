import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { amqpBus } from '@vfleet/bus/amqp';
import type { Bus } from '@vfleet/bus/bus';
import { memoryBroker } from '@vfleet/bus/memory';
import { ALL_CONTRACTS } from '@vfleet/contracts/contracts';
import { topologyOf } from '@vfleet/contracts/topology';
import { openMongo } from '@vfleet/documents/mongo';
import { openSqlite } from '@vfleet/documents/sqlite';
import { rabbitmqUsers } from '@vfleet/inventory/adapters/rabbitmq-users';
import { systemClock } from '@vfleet/process/clock';
import { readEnv } from '@vfleet/process/env';
import { makeLogger } from '@vfleet/process/logger';
import { runUntilSignalled } from '@vfleet/process/run';
import { readCommandLine } from './command-line.ts';
import { EmbeddedEnv } from './config.ts';
import { localHosts } from './local-hosts.ts';
import { makeDemo } from './make-demo.ts';
import { startSystem } from './start-system.ts';

const DAY_MS = 24 * 3_600_000;

const announce = (text: string) => void process.stdout.write(`${text}\n`);
const asked = commandLine();
const env = readEnv(EmbeddedEnv);
const log = makeLogger({ name: 'vfleet', level: env.LOG_LEVEL });
const clock = systemClock();

runUntilSignalled(
  async () => {
    const { AMQP_URL: amqpUrl, MONGODB_URL: mongodbUrl } = env;
    const broker = memoryBroker({ clock, log });
    const connectBus = async (role: 'service' | 'agent'): Promise<Bus> =>
      amqpUrl ? amqpBus({ url: amqpUrl, role, clock, log }) : broker.connect();
    const { hosts, isDemo } = await localHosts(asked, env, { clock, log, announce });
    const store = mongodbUrl
      ? await openMongo({ url: mongodbUrl, clock })
      : await openSqlite({ folder: join(env.VFLEET_DATA, 'documents'), clock });
    const gateway = {
      host: env.HOST,
      port: env.PORT,
      auditRetentionMs: env.VFLEET_AUDIT_DAYS * DAY_MS,
      ...(env.VFLEET_ADMIN_PASSWORD ? { adminPassword: env.VFLEET_ADMIN_PASSWORD } : {}),
    };
    const { VFLEET_RABBITMQ_API: apiUrl, VFLEET_AGENT_AMQP_URL: agentUrl } = env;
    const topology = topologyOf(ALL_CONTRACTS);
    const brokerUsers = amqpUrl && apiUrl ? rabbitmqUsers({ amqpUrl, agentUrl, apiUrl, topology, clock }) : null;
    const system = await startSystem({
      connectBus,
      brokerUsers,
      store,
      localHosts: hosts,
      clock,
      log,
      newId: randomUUID,
      random: Math.random,
      settings: { gateway, policy: env.VFLEET_MAC_POOL ? { macPool: env.VFLEET_MAC_POOL } : {} },
      announce,
    });
    if (isDemo) {
      const bus = await connectBus('service');
      await makeDemo({ bus, folder: env.VFLEET_DATA, clock, log }).finally(bus.close);
    }
    announce(`VFleet is ready at ${system.url}`);
    return system;
  },
  { log },
);

/** Ends the process when there is nothing to start. */
function commandLine(): { thisHost: boolean } {
  try {
    const read = readCommandLine(process.argv.slice(2));
    if (!('help' in read)) return read;
    announce(read.help);
    process.exit(0);
  } catch (problem) {
    process.stderr.write(`${(problem as Error).message}\n`);
    process.exit(2);
  }
}
