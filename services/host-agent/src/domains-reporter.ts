import { DomainsReported } from '@vfleet/contracts/host-agent-vms';
import { type Clock, isoNow } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { z } from 'zod';
import type { Contact } from './contact.ts';
import { mayRunHere } from './domain-of-vm.ts';
import type { Guests } from './guests.ts';
import type { Host } from './host.ts';
import { inParallel } from './in-parallel.ts';
import type { HostAgentSettings } from './settings.ts';
import type { StateFiles } from './state-files.ts';
import type { Cause, Voice } from './voice.ts';
import { within } from './within.ts';

type Told = Omit<z.infer<typeof DomainsReported.payload>, 'hostId' | 'boot' | 'sequence' | 'takenAt'>;

/** How the domains of a host and the fences of its VFs are told. */
export type DomainsReporter = {
  /** Has them told soon: always, or only if they differ from what was last confirmed. */
  report(asked: { always: boolean; cause?: Cause }): void;
  /** Why they cannot be told; null when they can. */
  problem(): string | null;
  /**
   * Something else told of a domain: what was confirmed is no longer the last word, though the domains are as they were
   * then. One that came and went between two looks would be left standing.
   */
  overtaken(): void;
  /** Contact is back: all is told anew. */
  resume(): void;
  close(): void;
};

/** Tells on every change, and when asked. What cannot be looked at is not told: an empty list would say that nothing runs. */
export function domainsReporter({
  guests,
  host,
  files,
  voice,
  contact,
  clock,
  log,
  settings,
}: {
  guests: Guests | null;
  host: Pick<Host, 'bootId'>;
  files: Pick<StateFiles, 'fence' | 'fencedVfs' | 'vm' | 'keptVms'>;
  voice: Voice;
  contact: Pick<Contact, 'isThere'>;
  clock: Clock;
  log: Log;
  settings: Pick<HostAgentSettings, 'retryMs' | 'publishDeadlineMs' | 'scanMs'>;
}): DomainsReporter {
  const life = new AbortController();
  /** Every wish gets a number; a confirmed report fulfils all wishes made before it was begun. */
  let asked = 0;
  let mustTell = 0;
  let fulfilled = 0;
  let cause: Cause | undefined;
  let confirmed = '';
  let otherWords = 0;
  let problem: string | null = null;
  let isRunning = false;
  const stop = guests?.watch(() => ask({ always: false }));
  void lookSlowly().catch(() => {});

  function ask(wish: { always: boolean; cause?: Cause }): void {
    asked++;
    if (wish.always) mustTell = asked;
    cause = wish.cause ?? cause;
    void run();
  }

  /** Not all changes can be heard, least of all while the hypervisor's daemon is away. */
  async function lookSlowly(): Promise<void> {
    for (;;) {
      await clock.sleep(settings.scanMs, life.signal);
      ask({ always: false });
    }
  }

  async function run(): Promise<void> {
    if (isRunning) return;
    isRunning = true;
    while (fulfilled < asked && contact.isThere() && !life.signal.aborted) {
      if (!(await told(asked))) await clock.sleep(settings.retryMs, life.signal).catch(() => {});
    }
    isRunning = false;
  }

  async function told(wish: number): Promise<boolean> {
    try {
      const origin = voice.raise();
      const takenAt = isoNow(clock);
      const wordsBefore = otherWords;
      const now = await look();
      const text = JSON.stringify(now);
      problem = null;
      if (mustTell > fulfilled || text !== confirmed) {
        const said = voice.mention(DomainsReported, { ...origin, takenAt, ...now }, cause);
        if (!(await within(clock, settings.publishDeadlineMs, said)).inTime) return false;
        confirmed = otherWords === wordsBefore ? text : '';
        cause = undefined;
      }
      fulfilled = wish;
      return true;
    } catch (error) {
      problem = `the domains of the host could not be told: ${inWords(error)}`;
      log.error({ err: error }, 'the domains of the host could not be told');
      return false;
    }
  }

  async function look(): Promise<Told> {
    const domains = guests ? await guests.domains() : await noDomains();
    const machineBoot = await host.bootId();
    const fences = await inParallel(await files.fencedVfs(), async (pciAddress) => {
      const kept = await files.fence(pciAddress);
      return kept ? [{ pciAddress, fence: kept.fence, claimId: kept.claimId, cleaned: kept.cleaned }] : [];
    });
    return { machineBoot, domains, fences: fences.flat() };
  }

  async function noDomains(): Promise<[]> {
    const kept = await inParallel(await files.keptVms(), (vmId) => mayRunHere({ files, host }, vmId));
    if (kept.includes(true)) throw new Error('virtual machines were started here, and no hypervisor is driven now');
    return [];
  }

  return {
    report: ask,
    problem: () => problem,
    overtaken: () => {
      otherWords++;
      confirmed = '';
    },
    resume: () => ask({ always: true }),
    close: () => {
      life.abort();
      stop?.();
    },
  };
}

function inWords(problem: unknown): string {
  if (!(problem instanceof Error)) return String(problem);
  return 'remedy' in problem ? `${problem.message}. ${problem.remedy}` : problem.message;
}
