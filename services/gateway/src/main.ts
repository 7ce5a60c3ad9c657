import { randomUUID } from 'node:crypto';
import { amqpBus } from '@vfleet/bus/amqp';
import { openMongo } from '@vfleet/documents/mongo';
import { systemClock } from '@vfleet/process/clock';
import { readEnv } from '@vfleet/process/env';
import { makeLogger } from '@vfleet/process/logger';
import { runUntilSignalled } from '@vfleet/process/run';
import { DAY_MS, GatewayEnv } from './config.ts';
import { startGateway } from './service.ts';

const env = readEnv(GatewayEnv);
const log = makeLogger({ name: 'gateway', level: env.LOG_LEVEL });
const clock = systemClock();
const announce = (text: string) => void process.stdout.write(`${text}\n`);

runUntilSignalled(
  async () => {
    const store = await openMongo({ url: env.MONGODB_URL, clock });
    const bus = await amqpBus({ url: env.AMQP_URL, clock, log });
    const settings = {
      host: env.HOST,
      port: env.PORT,
      adminPassword: env.VFLEET_ADMIN_PASSWORD,
      requestsPerMinute: env.VFLEET_REQUESTS_PER_MINUTE,
      trustProxy: env.VFLEET_TRUST_PROXY === 'on',
      auditRetentionMs: env.VFLEET_AUDIT_DAYS * DAY_MS,
    };
    const gateway = await startGateway({ bus, store, clock, log, newId: randomUUID, settings, announce });
    announce(`VFleet's gateway listens at ${gateway.url}`);
    return { ...gateway, close: () => gateway.close().then(bus.close).then(store.close) };
  },
  { log },
);
