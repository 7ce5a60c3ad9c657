import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Bus } from '@vfleet/bus/bus';
import { type Clock, isoNow } from '@vfleet/process/clock';
import { type HeldFolder, holdFolder } from '@vfleet/process/hold-folder';
import type { Log } from '@vfleet/process/log';
import type { Service } from '@vfleet/process/service';
import type { AtomicFiles } from '../atomic-files.ts';
import type { Guests } from '../guests.ts';
import type { Host } from '../host.ts';
import { startHostAgent } from '../service.ts';
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
  const release = async () => {
    await bus.close();
    await host.close();
    held?.release();
  };
  const seconds = env.VFLEET_WRITE_DEADLINE_SECONDS;
  try {
    held = await holdFolder(join(env.VFLEET_STATE_DIR, 'vfleet'), isoNow(clock));
    const agent = await startHostAgent({
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
    return {
      problems: agent.problems,
      close: async () => {
        await agent.close();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}
