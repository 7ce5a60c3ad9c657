import { z } from 'zod';

/** Times of the scheduler, in milliseconds. */
export type SchedulerSettings = {
  /** An answer of another service is awaited so long. */
  askMs: number;
  /** A host's answer is awaited so long before it is asked again, */
  stepMs: number;
  /** then again as often as this; also how long the process that drives a placement is left alone with it. */
  againMs: number;
  /** A host that has not answered for so long is given up, where that can be done without a guess. */
  giveUpMs: number;
  /** What is left on hosts that were given up is asked for so often, beside what is heard of it. */
  leavingMs: number;
  /** Clocks of replicas may differ by so much: a lease is another's for so much longer. */
  graceMs: number;
  sweepMs: number;
  /** VMs that are locked for nobody are looked for so often. */
  locksMs: number;
  /** A page of placements is held against hosts and policy so often. */
  auditMs: number;
  /** A host whose report may be overtaken is asked again after this. */
  recheckMs: number;
  closeWithinMs: number;
};

export const SCHEDULER_DEFAULTS: SchedulerSettings = {
  askMs: 5_000,
  stepMs: 90_000,
  againMs: 10_000,
  giveUpMs: 180_000,
  leavingMs: 60_000,
  graceMs: 5_000,
  sweepMs: 1_000,
  locksMs: 60_000,
  auditMs: 15_000,
  recheckMs: 5_000,
  closeWithinMs: 5_000,
};

/** What the scheduler process reads from the environment. */
export const SchedulerEnv = z.object({
  AMQP_URL: z.url({ protocol: /^amqps?$/ }).describe('the URL of a RabbitMQ, such as amqp://user:password@host'),
  MONGODB_URL: z.url({ protocol: /^mongodb(\+srv)?$/ }).describe('the URL of a MongoDB'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').describe('how much to log'),
});
