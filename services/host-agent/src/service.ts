import { type Bus, obeys, type Subscription } from '@vfleet/bus/bus';
import { ChangeProgressed, MessageRefused, Probe, ReportRequested, VfsWanted } from '@vfleet/contracts/host-agent';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { Service } from '@vfleet/process/service';
import { type AgentFigures, agentFigures } from './agent-figures.ts';
import type { AtomicFiles } from './atomic-files.ts';
import { contactOn } from './contact.ts';
import { fenceFloor } from './fence-floor.ts';
import type { Guests } from './guests.ts';
import { probe } from './handlers/probe.ts';
import { reportRequested } from './handlers/report-requested.ts';
import { vfsWanted } from './handlers/vfs-wanted.ts';
import { heartbeat } from './heartbeat.ts';
import type { Host } from './host.ts';
import { keyedLock } from './keyed-lock.ts';
import { pfWorkers } from './pf-workers.ts';
import { reporter as openReporter } from './reporter.ts';
import { scanner } from './scanner.ts';
import type { HostAgentSettings } from './settings.ts';
import { stateFiles } from './state-files.ts';
import { vmSide } from './vm-side.ts';
import { voice as openVoice } from './voice.ts';
import { watchHost } from './watch-host.ts';
import { within } from './within.ts';

/** What a host agent is made of. Bus and host belong to the caller, who closes them after the service. */
export type HostAgentSurroundings = {
  hostId: string;
  bus: Bus;
  host: Host;
  /** Null where this machine's hypervisor is not driven: every step of a VM is answered as failed. */
  guests: Guests | null;
  files: AtomicFiles;
  clock: Clock;
  log: Log;
  newId: () => string;
  settings: HostAgentSettings;
};

/** A running agent; `figures` are what it can be measured by. */
export type HostAgent = Service & { figures: () => Promise<AgentFigures> };

/**
 * Starts the agent of one host: obeys its messages, works its PFs, works for VMs, beats and reports. Resolves when its state is read
 * and its loops run; a broker that is away is waited for in the background, and told of in `problems`. Throws when the
 * state directory cannot be used.
 */
export async function startHostAgent(around: HostAgentSurroundings): Promise<HostAgent> {
  const { hostId, bus, host, guests, clock, log, newId, settings } = around;
  const files = stateFiles(around.files);
  const boot = await files.nextBoot(clock.now());
  const contact = contactOn(clock);
  const floor = await fenceFloor(files, { boot, clock });
  const voice = openVoice({ bus, hostId, boot, clock, newId });
  const life = new AbortController();
  const pfLock = keyedLock();
  const isPfChanging = (pf: PciAddress) => {
    const { changing, stuck } = workers.standingOf(pf);
    return changing !== null || stuck !== null;
  };

  const reporter = openReporter({
    scan: scanner({ host, clock, log, settings }),
    files,
    standingOf: (address) => workers.standingOf(address),
    voice,
    contact,
    clock,
    log,
    settings,
  });
  const workers = pfWorkers({
    host,
    files,
    clock,
    log,
    settings,
    contact,
    reporting: reporter,
    progress: (of, cause) => {
      if (!contact.isThere()) return;
      const said = voice.say(ChangeProgressed, (origin) => ({ ...origin, ...of }), cause);
      said.catch((error: unknown) => log.debug({ err: error }, 'the progress of a change was not told'));
    },
  });
  const beats = heartbeat({ voice, digest: reporter.digest, floor, contact, clock, log, settings });
  const vms = vmSide({
    ...{ host, guests, files, floor, voice, contact, clock, log, settings, newId, reporter },
    ...{ pfLock, isPfChanging },
    beat: beats.beat,
  });
  const figures = agentFigures({ hostId, host, files, reporter, contact, pfLock, isPfChanging, clock, log, settings });
  const watch = watchHost({ host, reporter, clock, log, settings });

  const bindings = [
    obeys(Probe, probe),
    obeys(ReportRequested, reportRequested({ reporter })),
    obeys(VfsWanted, vfsWanted({ workers })),
    ...vms.bindings,
  ];
  const heard = {
    subscribed: () => {
      contact.gained();
      beats.beat();
      reporter.resume();
      vms.gained();
    },
    lost: () => {
      contact.lost();
      vms.lost();
    },
    unreadable: (message: string, problem: string) => {
      log.warn({ message, problem }, 'a message could not be read');
      voice.mention(MessageRefused, { hostId, message, problem }).catch((error: unknown) => {
        log.error({ err: error, message }, 'an unreadable message could not be told of');
      });
    },
  };

  reporter.report({ always: true });
  await workers.resumeAll();
  await vms.resumeAll();
  const subscribing = attachWhenPossible();

  return {
    figures,
    problems: async () => [
      ...(contact.isThere() ? [] : ['there is no contact with the message broker']),
      ...(reporter.scanError() === null ? [] : [reporter.scanError() as string]),
      ...vms.problems(),
    ],
    close: async () => {
      if (life.signal.aborted) return;
      life.abort();
      beats.close();
      watch.close();
      const letGo = subscribing.then((subscription) => subscription?.close());
      const ended = await within(clock, settings.closeMs, Promise.all([letGo, workers.close(), vms.close()]));
      if (!ended.inTime) log.warn({}, 'closing takes too long: what runs is left to its journal');
      reporter.close();
    },
  };

  async function attachWhenPossible(): Promise<Subscription | undefined> {
    while (!life.signal.aborted) {
      try {
        return await bus.attach(hostId, bindings, heard);
      } catch (error) {
        log.warn({ err: error }, 'the message broker cannot be reached; trying again');
        await clock.sleep(settings.retryMs, life.signal).catch(() => {});
      }
    }
    return undefined;
  }
}
