import { z } from 'zod';

/** Times of inventory, in milliseconds. */
export type InventorySettings = {
  /** How often agents are expected to beat, before the first heartbeat of a host says so itself. */
  heartbeatMs: number;
  silenceCheckMs: number;
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
  reports: { atOnce: number; patienceMs: number };
  closeWithinMs: number;
};

export const INVENTORY_DEFAULTS: InventorySettings = {
  heartbeatMs: 5000,
  silenceCheckMs: 1000,
  tellUnsettledMs: 5000,
  claimDeadlineMs: 120_000,
  cleanDirtyMs: 60_000,
  judgeOverdueMs: 15_000,
  judgeAll: { everyMs: 300_000, heldForMs: 60_000 },
  tellUncleanedMs: 60_000,
  reports: { atOnce: 20, patienceMs: 30_000 },
  closeWithinMs: 5000,
};

/** What the inventory process reads from the environment. */
export const InventoryEnv = z.object({
  AMQP_URL: z.url({ protocol: /^amqps?$/ }).describe('the URL of a RabbitMQ, such as amqp://user:password@host'),
  MONGODB_URL: z.url({ protocol: /^mongodb(\+srv)?$/ }).describe('the URL of a MongoDB'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').describe('how much to log'),
});
