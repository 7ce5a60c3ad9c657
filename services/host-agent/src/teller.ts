import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { Contact } from './contact.ts';
import type { HostAgentSettings } from './settings.ts';
import { within } from './within.ts';

/**
 * Publishes facts until the broker has confirmed each, as long as this process lives: what is lost with it is found
 * anew when its step is asked for again. A newer fact under a key takes the place of one that is not confirmed yet.
 */
export type Teller = {
  tell(key: string, say: () => Promise<void>): void;
  /** Contact is back: what was not confirmed is told now. */
  resume(): void;
  close(): void;
};

export function teller({
  contact,
  clock,
  log,
  settings,
}: {
  contact: Pick<Contact, 'isThere'>;
  clock: Clock;
  log: Log;
  settings: Pick<HostAgentSettings, 'publishDeadlineMs' | 'retryMs'>;
}): Teller {
  const life = new AbortController();
  const pending = new Map<string, { say: () => Promise<void>; isOnItsWay: boolean }>();

  async function deliver(key: string): Promise<void> {
    const fact = pending.get(key);
    if (!fact || fact.isOnItsWay) return;
    fact.isOnItsWay = true;
    while (pending.get(key) === fact && contact.isThere() && !life.signal.aborted) {
      if (await confirmed(fact.say)) {
        if (pending.get(key) === fact) pending.delete(key);
        return;
      }
      await clock.sleep(settings.retryMs, life.signal).catch(() => {});
    }
    fact.isOnItsWay = false;
  }

  async function confirmed(say: () => Promise<void>): Promise<boolean> {
    try {
      return (await within(clock, settings.publishDeadlineMs, say())).inTime;
    } catch (error) {
      log.debug({ err: error }, 'a fact was not confirmed; it is told again');
      return false;
    }
  }

  return {
    tell: (key, say) => {
      pending.set(key, { say, isOnItsWay: false });
      void deliver(key);
    },
    resume: () => {
      for (const key of pending.keys()) void deliver(key);
    },
    close: () => life.abort(),
  };
}
