import { FAULT_SCENARIOS, type FaultScenarioName } from '@vfleet/host-agent/adapters/fault-scenarios';
import { StateDir } from '@vfleet/host-agent/commands/environment';
import { HypervisorSettings } from '@vfleet/host-agent/hypervisor-settings';
import { AgentAmqpUrl, RabbitmqApi } from '@vfleet/inventory/config';
import { MacPool } from '@vfleet/policy/config';
import { z } from 'zod';

const isScenario = (name: string): name is FaultScenarioName => Object.hasOwn(FAULT_SCENARIOS, name);

/** Names of fault scenarios, as `F7,F19`. */
const Scenarios = z
  .string()
  .transform((text) => text.split(',').map((name) => name.trim().toUpperCase()))
  .refine(
    (names): names is FaultScenarioName[] => names.every(isScenario),
    `one or more of ${Object.keys(FAULT_SCENARIOS).join(', ')}, with commas between them`,
  );

/** What `npm start` reads from the environment. */
export const EmbeddedEnv = z.object({
  HOST: z.string().default('127.0.0.1').describe('the address to listen on'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080).describe('the port to listen on, 0 for any free one'),
  VFLEET_DATA: z.string().default('.vfleet').describe('the folder that keeps documents and simulated hosts'),
  VFLEET_ADMIN_PASSWORD: z.string().min(1).optional().describe('the password of admin@internal'),
  VFLEET_DEMO: z.enum(['on', 'off']).default('on').describe('"off" to start without the demo fleet'),
  VFLEET_SCENARIO: Scenarios.optional().describe('ways to fail, such as F7,F19: the demo fleet gets a host for each'),
  VFLEET_STATE_DIR: StateDir,
  ...HypervisorSettings.shape,
  VFLEET_AUDIT_DAYS: z.coerce
    .number()
    .int()
    .positive()
    .max(36_500)
    .default(90)
    .describe('how many days the audit log is kept'),
  VFLEET_MAC_POOL: MacPool.optional().describe('the MAC addresses of vNICs that name none: <from>-<to>'),
  AMQP_URL: z
    .url({ protocol: /^amqps?$/ })
    .optional()
    .describe('the URL of a RabbitMQ, such as amqp://user:password@host'),
  VFLEET_RABBITMQ_API: RabbitmqApi.optional(),
  VFLEET_AGENT_AMQP_URL: AgentAmqpUrl.optional(),
  MONGODB_URL: z
    .url({ protocol: /^mongodb(\+srv)?$/ })
    .optional()
    .describe('the URL of a MongoDB'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('warn').describe('how much to log'),
});
export type EmbeddedEnv = z.infer<typeof EmbeddedEnv>;
