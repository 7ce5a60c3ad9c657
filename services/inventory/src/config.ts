import { z } from 'zod';

/** Times of inventory, in milliseconds. */
export type InventorySettings = {
  /** How often agents are expected to beat, before the first heartbeat of a host says so itself. */
  heartbeatMs: number;
  silenceCheckMs: number;
  /** How often hosts are had go by what their cluster says, once it was heard to have changed. */
  clusterSettingsMs: number;
  /** How often unsettled generations are told again. */
  tellUnsettledMs: number;
  /** How long a claim may be reserved before the scheduler is asked whether anybody needs it. */
  claimDeadlineMs: number;
  /** How often hosts are told again to clean what could not be proved clean. */
  cleanDirtyMs: number;
  /** How often the scheduler is asked about claims past their deadline. */
  judgeOverdueMs: number;
  /** How often the scheduler is asked about all claims that are held for a while, and how long that is. */
  judgeAll: { everyMs: number; heldForMs: number };
  /** How often a host is told again to clean what nobody claims; the first time at once. */
  tellUncleanedMs: number;
  /** How often it is tried again to remove the broker's users of hosts that were removed. */
  endUsersMs: number;
  /** How soon after the start, and how often when the broker does not take it, rights of another release are replaced. */
  grantRightsMs: number;
  reports: { atOnce: number; patienceMs: number };
  closeWithinMs: number;
};

export const INVENTORY_DEFAULTS: InventorySettings = {
  heartbeatMs: 5000,
  silenceCheckMs: 1000,
  clusterSettingsMs: 1000,
  tellUnsettledMs: 5000,
  claimDeadlineMs: 120_000,
  cleanDirtyMs: 60_000,
  judgeOverdueMs: 15_000,
  judgeAll: { everyMs: 300_000, heldForMs: 60_000 },
  tellUncleanedMs: 60_000,
  endUsersMs: 60_000,
  grantRightsMs: 15_000,
  reports: { atOnce: 20, patienceMs: 30_000 },
  closeWithinMs: 5000,
};

/** Where the users of agents are made. */
export const RabbitmqApi = z
  .url({ protocol: /^https?$/ })
  .describe(
    "the URL of RabbitMQ's management API with an administrator of the broker, such as https://user:password@host:15671",
  );

/** Where agents reach the broker. */
export const AgentAmqpUrl = z
  .url({ protocol: /^amqps?$/ })
  .describe('the URL under which agents reach the broker, when it is not that of AMQP_URL; it needs no user');

/** What the inventory process reads from the environment. */
export const InventoryEnv = z.object({
  AMQP_URL: z.url({ protocol: /^amqps?$/ }).describe('the URL of a RabbitMQ, such as amqp://user:password@host'),
  VFLEET_RABBITMQ_API: RabbitmqApi.optional(),
  VFLEET_AGENT_AMQP_URL: AgentAmqpUrl.optional(),
  MONGODB_URL: z.url({ protocol: /^mongodb(\+srv)?$/ }).describe('the URL of a MongoDB'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').describe('how much to log'),
});
