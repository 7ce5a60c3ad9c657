import { randomUUID } from 'node:crypto';
import { amqpBus } from '@vfleet/bus/amqp';
import { ALL_CONTRACTS } from '@vfleet/contracts/contracts';
import { topologyOf } from '@vfleet/contracts/topology';
import { openMongo } from '@vfleet/documents/mongo';
import { systemClock } from '@vfleet/process/clock';
import { readEnv } from '@vfleet/process/env';
import { makeLogger } from '@vfleet/process/logger';
import { runUntilSignalled } from '@vfleet/process/run';
import { rabbitmqUsers } from './adapters/rabbitmq-users.ts';
import { INVENTORY_DEFAULTS, InventoryEnv } from './config.ts';
import { startInventory } from './service.ts';

const env = readEnv(InventoryEnv);
const log = makeLogger({ name: 'inventory', level: env.LOG_LEVEL });
const clock = systemClock();

runUntilSignalled(
  async () => {
    const store = await openMongo({ url: env.MONGODB_URL, clock });
    const bus = await amqpBus({ url: env.AMQP_URL, clock, log });
    const { AMQP_URL: amqpUrl, VFLEET_RABBITMQ_API: apiUrl, VFLEET_AGENT_AMQP_URL: agentUrl } = env;
    const topology = topologyOf(ALL_CONTRACTS);
    const brokerUsers = apiUrl ? rabbitmqUsers({ amqpUrl, agentUrl, apiUrl, topology, clock }) : null;
    const settings = INVENTORY_DEFAULTS;
    const service = await startInventory({ bus, store, clock, log, newId: randomUUID, brokerUsers, settings });
    return { ...service, close: () => service.close().then(bus.close).then(store.close) };
  },
  { log },
);
