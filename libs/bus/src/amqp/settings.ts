import { PATIENCE, type Patience } from '../patience.ts';

export type AmqpSettings = {
  patience: Patience;
  /** Messages a subscription takes at a time. When held ones fill half of it, it is widened, at most fourfold. */
  prefetch: number;
  /** How long a message may wait for a connection and its confirm. */
  publishTimeoutMs: number;
  /** How long `amqpBus` waits for the first connection; 0 returns at once and connects in the background. */
  startTimeoutMs: number;
  /** How long a broker may take for the declarations after a connect. */
  setupTimeoutMs: number;
  /** How long `close` waits for running handlers, and then for the broker. */
  closeTimeoutMs: number;
  /** A broker that is silent for two of these is gone. */
  heartbeatSeconds: number;
  /** Delays between attempts to connect double from first to most. */
  reconnect: { firstDelayMs: number; mostDelayMs: number };
  /** For `amqps`: certificate authority, and the client's own certificate and key, as PEM. */
  tls?: { ca?: string; cert?: string; key?: string };
};

export const AMQP_SETTINGS: AmqpSettings = {
  patience: PATIENCE,
  prefetch: 256,
  publishTimeoutMs: 10_000,
  startTimeoutMs: 30_000,
  setupTimeoutMs: 30_000,
  closeTimeoutMs: 10_000,
  heartbeatSeconds: 6,
  reconnect: { firstDelayMs: 200, mostDelayMs: 5_000 },
};
