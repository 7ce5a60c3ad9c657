import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Bus } from '@vfleet/bus/bus';
import { type Clock, isoNow } from '@vfleet/process/clock';
import { type HeldFolder, holdFolder } from '@vfleet/process/hold-folder';
import type { Log } from '@vfleet/process/log';
import { makeMetrics } from '@vfleet/process/metrics';
import type { Service } from '@vfleet/process/service';
import type { AtomicFiles } from '../atomic-files.ts';
import type { Guests } from '../guests.ts';
import type { Host } from '../host.ts';
import { hostMetrics } from '../host-metrics.ts';
import { metricsServer } from '../metrics-server.ts';
import { type HostAgent, startHostAgent } from '../service.ts';
import { HostAgentSettings } from '../settings.ts';
import type { AgentEnv } from './environment.ts';

/**
 * Runs the agent of this host on a bus; closing it closes bus and host too. A failed start leaves nothing open. Rejects
 * when another agent works with the same state: two would settle the same changes against each other.
 */
export async function runAgent(
  env: AgentEnv,
  {
    bus,
    host,
    guests,
    files,
    clock,
    log,
  }: { bus: Bus; host: Host; guests: Guests | null; files: AtomicFiles; clock: Clock; log: Log },
): Promise<Service> {
  let held: HeldFolder | null = null;
  let agent: HostAgent | null = null;
  let metrics: { close(): Promise<void> } | null = null;
  const release = async () => {
    await metrics?.close();
    await agent?.close();
    await bus.close();
    await host.close();
    held?.release();
  };
  const seconds = env.VFLEET_WRITE_DEADLINE_SECONDS;
  try {
    held = await holdFolder(join(env.VFLEET_STATE_DIR, 'vfleet'), isoNow(clock));
    agent = await startHostAgent({
      hostId: env.VFLEET_HOST_ID,
      bus,
      host,
      guests,
      files,
      clock,
      log,
      newId: randomUUID,
      settings: HostAgentSettings.parse(seconds === undefined ? {} : { writeDeadlineMs: Math.ceil(seconds * 1000) }),
    });
    metrics = await servedFigures(env, agent, log);
    return { problems: agent.problems, close: release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Serves the figures of an agent when a port is set for them. */
async function servedFigures(
  { VFLEET_METRICS_HOST: host, VFLEET_METRICS_PORT: port }: AgentEnv,
  agent: HostAgent,
  log: Log,
): Promise<{ close(): Promise<void> } | null> {
  if (port === undefined) return null;
  const registry = makeMetrics({ service: 'host-agent' });
  hostMetrics(registry, [agent.figures]);
  const server = await metricsServer({ host, port, registry, log });
  log.info({ url: server.url }, 'figures are served');
  return server;
}
