import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { Virsh } from './virsh.ts';

const RESTART_AFTER_MS = 5_000;
/** As `virsh event` writes it: event 'device-removed' for domain 'vm': ua-vnic-1. */
const EVENT = /^event '([\w-]+)' for domain '(.*)': (.*)$/;

export type LibvirtEvent = { kind: string; domain: string; detail: string };

/** What libvirt tells by itself. It can be missed: what counts is what is looked at. */
export type LibvirtEvents = {
  /** Calls back with every event, and with null when some may have been missed; answers how to stop. */
  listen(hear: (event: LibvirtEvent | null) => void): () => void;
  /** Resolves at the next event that is heard, or never. */
  next(): Promise<void>;
};

/**
 * Follows `virsh event` while somebody listens: one process for all. When it ends, as it does when libvirt goes away, it
 * is started again; what happened in between is missed, and told as such.
 */
export function libvirtEvents({ virsh, clock, log }: { virsh: Virsh; clock: Clock; log: Log }): LibvirtEvents {
  const listeners = new Set<(event: LibvirtEvent | null) => void>();
  let waiting = Promise.withResolvers<void>();
  let stop: (() => void) | null = null;

  function tell(event: LibvirtEvent | null): void {
    waiting.resolve();
    waiting = Promise.withResolvers<void>();
    for (const hear of [...listeners]) hear(event);
  }

  function start(): () => void {
    const stopped = new AbortController();
    keepFollowing(stopped.signal).catch((err) => {
      if (!stopped.signal.aborted) log.error({ err }, 'the events of libvirt are no longer followed');
    });
    return () => stopped.abort();
  }

  async function keepFollowing(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const following = virsh.follow(['event', '--loop', '--all'], (line) => {
        const [, kind, domain, detail] = EVENT.exec(line) ?? [];
        if (kind && domain && detail !== undefined && !signal.aborted) tell({ kind, domain, detail });
      });
      signal.addEventListener('abort', following.stop, { once: true });
      await following.ended;
      signal.removeEventListener('abort', following.stop);
      if (signal.aborted) return;
      log.warn({}, 'libvirt tells no events, as when it is away; they are followed again');
      tell(null);
      await clock.sleep(RESTART_AFTER_MS, signal);
    }
  }

  return {
    listen: (hear) => {
      listeners.add(hear);
      stop ??= start();
      return () => {
        listeners.delete(hear);
        if (listeners.size > 0) return;
        stop?.();
        stop = null;
      };
    },
    next: () => waiting.promise,
  };
}
