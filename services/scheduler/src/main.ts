import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { amqpBus } from '@vfleet/bus/amqp';
import { openMongo } from '@vfleet/documents/mongo';
import { systemClock } from '@vfleet/process/clock';
import { readEnv } from '@vfleet/process/env';
import { makeLogger } from '@vfleet/process/logger';
import { runUntilSignalled } from '@vfleet/process/run';
import { SCHEDULER_DEFAULTS, SchedulerEnv } from './config.ts';
import { startScheduler } from './service.ts';

const env = readEnv(SchedulerEnv);
const log = makeLogger({ name: 'scheduler', level: env.LOG_LEVEL });
const clock = systemClock();
const around = { clock, log, newId: randomUUID, pause: () => setImmediate(), settings: SCHEDULER_DEFAULTS };

runUntilSignalled(
  async () => {
    const store = await openMongo({ url: env.MONGODB_URL, clock });
    const bus = await amqpBus({ url: env.AMQP_URL, clock, log });
    const service = await startScheduler({ ...around, bus, store });
    return { ...service, close: () => service.close().then(bus.close).then(store.close) };
  },
  { log },
);
