import { Heartbeat } from '@vfleet/contracts/host-agent';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import { AGENT_VERSION } from './agent-version.ts';
import type { Contact } from './contact.ts';
import type { FenceFloor } from './fence-floor.ts';
import type { HostAgentSettings } from './settings.ts';
import type { Voice } from './voice.ts';

/**
 * Beats every `heartbeatMs` while there is contact, and at once when told so. It waits for nothing but the clock: not
 * for a scan, a change, nor for its own last beat.
 */
export function heartbeat({
  voice,
  digest,
  floor,
  contact,
  clock,
  log,
  settings,
}: {
  voice: Voice;
  digest: () => string;
  floor: Pick<FenceFloor, 'known' | 'contact'>;
  contact: Pick<Contact, 'isThere'>;
  clock: Clock;
  log: Log;
  settings: Pick<HostAgentSettings, 'heartbeatMs'>;
}): { beat: () => void; close: () => void } {
  const life = new AbortController();

  function beat(): void {
    if (!contact.isThere()) return;
    const { heartbeatMs: everyMs } = settings;
    const said = voice.mention(Heartbeat, {
      ...voice.origin(),
      digest: digest(),
      agentVersion: AGENT_VERSION,
      everyMs,
      fenceFloor: floor.known(),
      contact: floor.contact(),
    });
    said.catch((error: unknown) => log.debug({ err: error }, 'a heartbeat was lost'));
  }

  async function live(): Promise<void> {
    while (!life.signal.aborted) {
      await clock.sleep(settings.heartbeatMs, life.signal);
      beat();
    }
  }

  live().catch((error: unknown) => {
    if (!life.signal.aborted) log.error({ err: error }, 'the heartbeat has stopped');
  });
  return { beat, close: () => life.abort() };
}
