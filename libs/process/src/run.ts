import { type Clock, systemClock } from './clock.ts';
import { EnvironmentError } from './env.ts';
import type { Log } from './log.ts';
import { makeLogger } from './logger.ts';
import type { Service } from './service.ts';

const SIGNALS = { SIGTERM: 15, SIGINT: 2 } as const;

/** What of the process is used: Node's own, unless a test gives another. */
export type HostProcess = {
  on(event: string, listener: (...args: never[]) => void): unknown;
  exit(code: number): void;
};

/**
 * Starts a service and keeps it until SIGTERM or SIGINT, then closes it once and exits 0; exits 1 when the close fails
 * or takes longer than `closeWithinMs`. A signal during the start aborts the signal that `start` was given and closes
 * what it made. A second signal ends the process at once with 128 + its number. A failed start, an unhandled rejection
 * and an uncaught exception are logged and exit 1 at once: the state is unknown, and death at any moment is survivable.
 */
export function runUntilSignalled(
  start: (signal: AbortSignal) => Promise<Service>,
  {
    log = makeLogger({ name: 'vfleet' }),
    clock = systemClock(),
    closeWithinMs = 15_000,
    host = process,
  }: { log?: Log; clock?: Clock; closeWithinMs?: number; host?: HostProcess } = {},
): void {
  const stopping = new AbortController();
  const die = (what: string) => (err: unknown) => {
    if (err instanceof EnvironmentError) log.error({}, err.message);
    else log.error({ err }, what);
    host.exit(1);
  };
  host.on('unhandledRejection', die('unhandled rejection'));
  host.on('uncaughtException', die('uncaught exception'));
  for (const [signal, number] of Object.entries(SIGNALS)) {
    host.on(signal, () => {
      if (stopping.signal.aborted) return host.exit(128 + number);
      log.info({ signal }, 'stopping');
      stopping.abort(new Error(`stopped by ${signal}`));
    });
  }
  const started = Promise.resolve().then(() => start(stopping.signal));
  started.catch((err) => {
    if (!stopping.signal.aborted) die('start failed')(err);
  });
  stopping.signal.addEventListener('abort', async () => {
    const closed = started.then(
      (service) => service.close().then(() => 'closed' as const),
      () => 'never started' as const,
    );
    try {
      const outcome = await Promise.race([closed, clock.sleep(closeWithinMs).then(() => 'late' as const)]);
      if (outcome === 'late') log.error({ closeWithinMs }, 'did not stop in time, ending without');
      host.exit(outcome === 'late' ? 1 : 0);
    } catch (err) {
      die('close failed')(err);
    }
  });
}
