import { createHash } from 'node:crypto';
import { HostDevicesReported } from '@vfleet/contracts/host-agent';
import type { NicReport } from '@vfleet/contracts/vocabulary/host-report';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { type Clock, isoNow } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { Contact } from './contact.ts';
import { digestInput, type ReportBody } from './core/digest-input.ts';
import { keptAsScanned } from './core/kept-as-scanned.ts';
import type { KeptPf } from './core/pf-report.ts';
import type { PfState } from './host.ts';
import { keptPf, keptPfs } from './kept-pfs.ts';
import type { PfStanding } from './pf-worker.ts';
import { reportBody } from './report-body.ts';
import type { Scanned } from './scanner.ts';
import type { HostAgentSettings } from './settings.ts';
import type { StateFiles } from './state-files.ts';
import type { Cause, Voice } from './voice.ts';
import { within } from './within.ts';

/** PFs and nics of a host as they were last scanned. */
export type Seen = { pfs: readonly PfState[]; nics: readonly NicReport[]; scanMs: number | null };

/** How the state of a host is told. */
export type Reporter = {
  /**
   * Has the state told soon: always, or only if it differs from what was last confirmed. What is asked for while a
   * report is made, or while there is no contact, ends in one report of the newest state.
   */
  report(asked: { always: boolean; cause?: Cause | undefined }): void;
  /** Resolves once a report of the state of now, or of a newer one, is confirmed by the broker. */
  confirmed(cause?: Cause): Promise<void>;
  /** The digest of the newest state that was looked at; empty before the first look. */
  digest(): string;
  /** Why the host could not be scanned the last time; null when it could. */
  scanError(): string | null;
  /** What the last good scan has shown, and how long the last one took; null before the first. */
  seen(): Seen;
  /** Contact is back: what was not confirmed is told now. */
  resume(): void;
  close(): void;
};

export function reporter({
  scan,
  files,
  standingOf,
  voice,
  contact,
  clock,
  log,
  settings,
}: {
  scan: () => Promise<Scanned>;
  files: StateFiles;
  standingOf: (address: PciAddress) => PfStanding;
  voice: Voice;
  contact: Pick<Contact, 'isThere'>;
  clock: Clock;
  log: Log;
  settings: Pick<HostAgentSettings, 'retryMs' | 'publishDeadlineMs'>;
}): Reporter {
  /** Every wish gets a number; a confirmed report fulfils all wishes made before it was begun. */
  let asked = 0;
  let mustTell = 0;
  let fulfilled = 0;
  let cause: Cause | undefined;
  let digest = '';
  let confirmedDigest: string | null = null;
  let scanError: string | null = null;
  let lastSeen: ReadonlyMap<PciAddress, PfState> = new Map();
  let nics: readonly NicReport[] = [];
  let scanMs: number | null = null;
  let isRunning = false;
  let isClosed = false;
  const waiting = new Set<{ wish: number; resolve: () => void }>();

  function ask({ always, cause: because }: { always: boolean; cause?: Cause | undefined }): number {
    asked++;
    if (always) mustTell = asked;
    cause = because ?? cause;
    void run();
    return asked;
  }

  async function run(): Promise<void> {
    if (isRunning) return;
    isRunning = true;
    try {
      while (fulfilled < asked && !isClosed) {
        const outcome = await tell(asked).catch((error: unknown) => {
          log.error({ err: error }, 'the state of the host could not be reported');
          return 'failed' as const;
        });
        if (outcome === 'no-contact') break;
        if (outcome === 'failed') await clock.sleep(settings.retryMs);
      }
    } finally {
      isRunning = false;
    }
  }

  async function tell(wish: number): Promise<'told' | 'no-contact' | 'failed'> {
    const body = await look();
    digest = createHash('sha256').update(digestInput(body)).digest('hex');
    if (mustTell > fulfilled || digest !== confirmedDigest) {
      if (!contact.isThere()) return 'no-contact';
      const takenAt = isoNow(clock);
      const said = voice.say(HostDevicesReported, (origin) => ({ ...origin, digest, takenAt, ...body }), cause);
      const ended = await within(clock, settings.publishDeadlineMs, said);
      if (!ended.inTime) return 'failed';
      confirmedDigest = digest;
      cause = undefined;
    }
    fulfilled = wish;
    for (const waiter of waiting) {
      if (waiter.wish > fulfilled) continue;
      waiting.delete(waiter);
      waiter.resolve();
    }
    return 'told';
  }

  async function look(): Promise<ReportBody> {
    const before = new Map((await keptNow()).map((pf) => [pf.pciAddress, pf]));
    const begun = clock.now();
    const scanned = await scan();
    scanMs = clock.now() - begun;
    scanError = scanned.error;
    if (scanned.scan) {
      lastSeen = new Map(scanned.scan.pfs.map((pf) => [pf.pciAddress, pf]));
      nics = scanned.scan.nics;
    }
    const after = await keptNow();
    const kept = scanned.scan ? after.map((pf) => keptAsScanned(before.get(pf.pciAddress), pf)) : after;
    return reportBody(scanned, kept, lastSeen);
  }

  async function keptNow(): Promise<KeptPf[]> {
    const addresses = new Set([...lastSeen.keys(), ...(await keptPfs(files))]);
    return Promise.all([...addresses].map((address) => keptPf(files, address, standingOf(address))));
  }

  return {
    report: (wish) => void ask(wish),
    confirmed: (because) =>
      new Promise((resolve) => {
        waiting.add({ wish: ask({ always: false, cause: because }), resolve });
      }),
    digest: () => digest,
    scanError: () => scanError,
    seen: () => ({ pfs: [...lastSeen.values()], nics, scanMs }),
    resume: () => void run(),
    close: () => {
      isClosed = true;
    },
  };
}
