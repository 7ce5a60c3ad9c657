import { randomUUID } from 'node:crypto';
import { amqpBus } from '@vfleet/bus/amqp';
import { openMongo } from '@vfleet/documents/mongo';
import { systemClock } from '@vfleet/process/clock';
import { readEnv } from '@vfleet/process/env';
import { makeLogger } from '@vfleet/process/logger';
import { runUntilSignalled } from '@vfleet/process/run';
import { POLICY_DEFAULTS, PolicyEnv } from './config.ts';
import { startPolicy } from './service.ts';

const env = readEnv(PolicyEnv);
const log = makeLogger({ name: 'policy', level: env.LOG_LEVEL });
const clock = systemClock();
const settings = { ...POLICY_DEFAULTS, macPool: env.VFLEET_MAC_POOL ?? POLICY_DEFAULTS.macPool };

runUntilSignalled(
  async () => {
    const store = await openMongo({ url: env.MONGODB_URL, clock });
    const bus = await amqpBus({ url: env.AMQP_URL, clock, log });
    const service = await startPolicy({ bus, store, clock, log, newId: randomUUID, random: Math.random, settings });
    return { ...service, close: () => service.close().then(bus.close).then(store.close) };
  },
  { log },
);
