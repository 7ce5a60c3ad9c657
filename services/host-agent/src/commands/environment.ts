import { EntityId } from '@vfleet/contracts/vocabulary/ids';
import { z } from 'zod';
import { HypervisorSettings } from '../hypervisor-settings.ts';
import { DEFAULT_STATE_DIR } from '../state-files.ts';

/** Where an agent keeps what it must not forget. */
export const StateDir = z
  .string()
  .startsWith('/', 'the path must be absolute')
  .default(DEFAULT_STATE_DIR)
  .describe('the absolute path of the folder that keeps what this agent must not forget');

const LogLevel = z.enum(['debug', 'info', 'warn', 'error', 'silent']).describe('how much to log');

/** What every command reads from the environment. A command that ends tells its outcome itself, and logs when asked. */
export const CommandEnv = z.object({ VFLEET_STATE_DIR: StateDir, LOG_LEVEL: LogLevel.default('silent') });

/** What the agent reads. */
export const AgentEnv = CommandEnv.extend({
  ...HypervisorSettings.shape,
  LOG_LEVEL: LogLevel.default('info'),
  VFLEET_HOST_ID: EntityId.describe('the id under which this host was enrolled'),
  AMQP_URL: z
    .url({ protocol: /^amqps?$/ })
    .describe("the broker's URL with the credentials told at enrolment, such as amqps://user:password@broker"),
  VFLEET_WRITE_DEADLINE_SECONDS: z.coerce
    .number()
    .positive()
    .optional()
    .describe('how long a write of sriov_numvfs may take, instead of the time known for the driver'),
  VFLEET_METRICS_PORT: z.coerce
    .number()
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe('the port that serves figures for Prometheus at /metrics; without it none are served'),
  VFLEET_METRICS_HOST: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('the address to serve figures on; whoever reaches it reads them without a login'),
});
export type AgentEnv = z.infer<typeof AgentEnv>;
