import { z } from 'zod';
import { DEFAULT_SETTINGS } from './settings.ts';

/** Milliseconds. */
export const DAY_MS = 24 * 60 * 60 * 1000;

/** What the gateway process reads from the environment. */
export const GatewayEnv = z.object({
  AMQP_URL: z.url({ protocol: /^amqps?$/ }).describe('the URL of a RabbitMQ, such as amqp://user:password@host'),
  MONGODB_URL: z.url({ protocol: /^mongodb(\+srv)?$/ }).describe('the URL of a MongoDB'),
  HOST: z.string().default(DEFAULT_SETTINGS.host).describe('the address to listen on'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(DEFAULT_SETTINGS.port).describe('the port to listen on'),
  VFLEET_ADMIN_PASSWORD: z.string().min(1).optional().describe('the password of admin@internal'),
  VFLEET_REQUESTS_PER_MINUTE: z.coerce
    .number()
    .int()
    .positive()
    .default(DEFAULT_SETTINGS.requestsPerMinute)
    .describe('how many requests one address may send a minute'),
  VFLEET_TRUST_PROXY: z
    .enum(['on', 'off'])
    .default('off')
    .describe('"on" behind a proxy that sets X-Forwarded-For, and only there'),
  VFLEET_AUDIT_DAYS: z.coerce
    .number()
    .int()
    .positive()
    .max(36_500)
    .default(DEFAULT_SETTINGS.auditRetentionMs / DAY_MS)
    .describe('how many days the audit log is kept'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').describe('how much to log'),
});
