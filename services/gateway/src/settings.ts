/** What an operator can set of a gateway. Every field has a default in DEFAULT_SETTINGS. */
export type GatewaySettings = {
  host: string;
  /** 0 takes any free port; the service's `url` names it. */
  port: number;
  /** The password of admin@internal; without it the stored one holds, or one is made. */
  adminPassword: string | undefined;
  /** How long a command or query may take to be answered. */
  askTimeoutMs: number;
  /** How long a change is waited for when the caller does not say. */
  defaultWaitSeconds: number;
  longestWaitSeconds: number;
  requestsPerMinute: number;
  /** Above this delay of the event loop API requests are turned away. */
  maxEventLoopDelayMs: number;
  /** Whether X-Forwarded-For is believed: only behind a proxy that sets it. */
  trustProxy: boolean;
  heartbeatMs: number;
  eventRetentionMs: number;
  auditRetentionMs: number;
};

export const DEFAULT_SETTINGS: GatewaySettings = {
  host: '127.0.0.1',
  port: 8080,
  adminPassword: undefined,
  askTimeoutMs: 10_000,
  defaultWaitSeconds: 60,
  longestWaitSeconds: 600,
  requestsPerMinute: 60_000,
  maxEventLoopDelayMs: 5000,
  trustProxy: false,
  heartbeatMs: 15_000,
  eventRetentionMs: 24 * 60 * 60 * 1000,
  auditRetentionMs: 90 * 24 * 60 * 60 * 1000,
};
