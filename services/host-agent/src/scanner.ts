import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { Host, HostScan } from './host.ts';
import type { HostAgentSettings } from './settings.ts';
import { within } from './within.ts';

/** What a scan gave: the host, or in words why it could not be scanned. */
export type Scanned = { scan: HostScan; error: null } | { scan: null; error: string };

/**
 * Scans a host, never twice at once. A scan that does not end by its deadline counts as failed; the next call waits for
 * the same one, so that a hanging machine does not gather scans.
 */
export function scanner({
  host,
  clock,
  log,
  settings,
}: {
  host: Pick<Host, 'scan'>;
  clock: Clock;
  log: Log;
  settings: Pick<HostAgentSettings, 'scanDeadlineMs'>;
}): () => Promise<Scanned> {
  let running: Promise<Scanned> | null = null;

  return async () => {
    running ??= scan().finally(() => {
      running = null;
    });
    const ended = await within(clock, settings.scanDeadlineMs, running);
    if (ended.inTime) return ended.value;
    return { scan: null, error: `the host could not be scanned within ${settings.scanDeadlineMs / 1000} s` };
  };

  async function scan(): Promise<Scanned> {
    try {
      return { scan: await host.scan(), error: null };
    } catch (error) {
      log.error({ err: error }, 'the host could not be scanned');
      return { scan: null, error: `the host could not be scanned: ${error instanceof Error ? error.message : error}` };
    }
  }
}
