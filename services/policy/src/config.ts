import { UnicastMac } from '@vfleet/contracts/vocabulary/vnic';
import { z } from 'zod';
import type { MacRange } from './core/mac-pool.ts';

/** What policy is set to; times in milliseconds. */
export type PolicySettings = {
  /** Where vNICs that name no MAC address get one from. */
  macPool: MacRange;
  closeWithinMs: number;
};

/** The pool is of locally administered addresses: no card is made with one. */
export const POLICY_DEFAULTS: PolicySettings = {
  macPool: { from: '02:56:46:00:00:00', to: '02:56:46:ff:ff:ff' },
  closeWithinMs: 5000,
};

/** A pool as an environment names it: `<from>-<to>`. Both ends have the same first byte, whose lowest bit marks a group: so no address between is one. */
export const MacPool = z
  .string()
  .regex(/^[^-]+-[^-]+$/, 'two MAC addresses with a - between them')
  .transform((text) => text.split('-'))
  .pipe(z.tuple([UnicastMac, UnicastMac]))
  .transform(([from, to]): MacRange => ({ from, to }))
  .refine(({ from, to }) => from <= to, 'the first MAC address is above the last')
  .refine(({ from, to }) => from.slice(0, 2) === to.slice(0, 2), 'both MAC addresses begin with the same two digits');

/** What the policy process reads from the environment. */
export const PolicyEnv = z.object({
  AMQP_URL: z.url({ protocol: /^amqps?$/ }).describe('the URL of a RabbitMQ, such as amqp://user:password@host'),
  MONGODB_URL: z.url({ protocol: /^mongodb(\+srv)?$/ }).describe('the URL of a MongoDB'),
  VFLEET_MAC_POOL: MacPool.optional().describe(
    'the MAC addresses of vNICs, such as 02:00:00:00:00:00-02:00:00:ff:ff:ff',
  ),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').describe('how much to log'),
});
