import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { Host } from './host.ts';
import type { Reporter } from './reporter.ts';
import type { HostAgentSettings } from './settings.ts';

/**
 * Has the state told when the host is heard of, at once after a quiet time and at most every `watchMs` in a busy one
 * (a change of 125 VFs is heard of for a minute); and every `scanMs`, since not all changes can be heard.
 */
export function watchHost({
  host,
  reporter,
  clock,
  log,
  settings,
}: {
  host: Pick<Host, 'watch'>;
  reporter: Pick<Reporter, 'report'>;
  clock: Clock;
  log: Log;
  settings: Pick<HostAgentSettings, 'watchMs' | 'scanMs'>;
}): { close(): void } {
  const life = new AbortController();
  let quietAt = 0;
  let isPending = false;

  const stop = host.watch(() => {
    if (isPending) return;
    isPending = true;
    const ms = Math.max(0, quietAt - clock.now());
    const passed = ms === 0 ? Promise.resolve() : clock.sleep(ms, life.signal);
    passed.then(tell).catch(closing);
  });

  function tell(): void {
    isPending = false;
    quietAt = clock.now() + settings.watchMs;
    reporter.report({ always: false });
  }

  async function scanSlowly(): Promise<void> {
    for (;;) {
      await clock.sleep(settings.scanMs, life.signal);
      reporter.report({ always: false });
    }
  }

  function closing(error: unknown): void {
    if (!life.signal.aborted) log.error({ err: error }, 'the host is no longer watched');
  }

  scanSlowly().catch(closing);
  return {
    close: () => {
      life.abort();
      stop();
    },
  };
}
