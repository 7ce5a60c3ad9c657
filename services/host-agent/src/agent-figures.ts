import type { PcieErrors } from '@vfleet/contracts/vocabulary/host-report';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { Contact } from './contact.ts';
import type { Fence, VfHolder } from './core/vf-fence.ts';
import { vfsInUse } from './core/vfs-in-use.ts';
import { fencesOfBoot } from './fences-of-boot.ts';
import type { Host, PfState, VfCounters } from './host.ts';
import type { KeyedLock } from './keyed-lock.ts';
import type { Reporter } from './reporter.ts';
import type { HostAgentSettings } from './settings.ts';
import { StateFileError, type StateFiles } from './state-files.ts';
import { within } from './within.ts';

/** A VF that exists, whom it is prepared for, and what was counted of it; null where that is not known. */
export type VfFigures = { pciAddress: PciAddress; index: number; holder: VfHolder | null; counters: VfCounters | null };

/** A PF. A VF is `prepared` for a VM, in use by something else of the host, or unused. `isCounted`: counters were told. */
export type PfFigures = {
  pciAddress: PciAddress;
  nic: string | null;
  maxVfs: number;
  vfStates: Record<'prepared' | 'in_use' | 'unused', number>;
  carrier: boolean | null;
  pcieErrors: PcieErrors | null;
  isChanging: boolean;
  isCounted: boolean;
  vfs: VfFigures[];
};

/** What an agent can be measured by. Its PFs are those of its last good scan. */
export type AgentFigures = {
  hostId: string;
  isConnected: boolean;
  scanMs: number | null;
  hasScanFailed: boolean;
  pfs: PfFigures[];
};

type FiguresSurroundings = {
  hostId: string;
  host: Pick<Host, 'bootId' | 'vfCounters'>;
  files: Pick<StateFiles, 'fence'>;
  reporter: Pick<Reporter, 'seen' | 'scanError'>;
  contact: Pick<Contact, 'isThere'>;
  pfLock: KeyedLock;
  isPfChanging: (pf: PciAddress) => boolean;
  clock: Clock;
  log: Log;
  settings: Pick<HostAgentSettings, 'figuresMs' | 'countersMs'>;
};

/**
 * Takes the figures of an agent when they are asked for, and at no other time. Who asks while they are taken, or right
 * after, gets the same. The counters of a PF are asked for under its lock, once at a time, and not at all while its
 * number of VFs changes; a PF that does not answer in time is told without counters.
 */
export function agentFigures(around: FiguresSurroundings): () => Promise<AgentFigures> {
  const { hostId, host, reporter, contact, pfLock, isPfChanging, clock, log, settings } = around;
  const asked = new Map<PciAddress, Promise<VfCounters[] | null>>();
  let kept: { at: number; figures: AgentFigures } | null = null;
  let taking: Promise<AgentFigures> | null = null;

  async function take(): Promise<AgentFigures> {
    const { pfs, nics, scanMs } = reporter.seen();
    const all = pfs.flatMap(({ vfs }) => vfs);
    const fences = await fencesOf(all, around);
    const inUse = new Set(vfsInUse(all, nics, fences).map(({ pciAddress }) => pciAddress));
    const figures = {
      hostId,
      isConnected: contact.isThere(),
      scanMs,
      hasScanFailed: reporter.scanError() !== null,
      pfs: await Promise.all(pfs.map(async (pf) => pfFigures(pf, await countersOf(pf), { fences, inUse }))),
    };
    kept = { at: clock.now(), figures };
    return figures;
  }

  async function countersOf({ pciAddress: pf, vfs }: PfState): Promise<VfCounters[] | null> {
    if (vfs.length === 0) return [];
    const asking = asked.get(pf) ?? pfLock(pf, () => ask(pf)).finally(() => asked.delete(pf));
    asked.set(pf, asking);
    const ended = await within(clock, settings.countersMs, asking);
    return ended.inTime ? ended.value : null;
  }

  async function ask(pf: PciAddress): Promise<VfCounters[] | null> {
    if (isPfChanging(pf)) return null;
    return host.vfCounters(pf).catch((error: unknown) => {
      log.warn({ err: error, pf }, 'the counters of virtual functions could not be read');
      return null;
    });
  }

  function pfFigures(
    pf: PfState,
    counters: VfCounters[] | null,
    { fences, inUse }: { fences: ReadonlyMap<PciAddress, Fence>; inUse: ReadonlySet<PciAddress> },
  ): PfFigures {
    const { pciAddress, nic, totalVfs, health } = pf;
    const byIndex = new Map(counters?.map((each) => [each.index, each]));
    const vfs = pf.vfs.map(({ pciAddress: vf, index }) => ({
      pciAddress: vf,
      index,
      holder: holderIn(fences.get(vf)),
      counters: byIndex.get(index) ?? null,
    }));
    const prepared = vfs.filter(({ holder }) => holder !== null).length;
    const used = vfs.filter(({ pciAddress: vf, holder }) => holder !== null || inUse.has(vf)).length;
    return {
      ...{ pciAddress, nic, vfs, maxVfs: totalVfs, carrier: health.carrier, pcieErrors: health.pcieErrors },
      vfStates: { prepared, in_use: used - prepared, unused: vfs.length - used },
      isChanging: isPfChanging(pciAddress),
      isCounted: counters !== null,
    };
  }

  return async () => {
    if (kept && clock.now() - kept.at < settings.figuresMs) return kept.figures;
    taking ??= take().finally(() => {
      taking = null;
    });
    return taking;
  };
}

function holderIn(fence: Fence | undefined): VfHolder | null {
  return fence && !fence.cleaned ? fence.holder : null;
}

/** State files that cannot be read cost the names of VMs, not the figures. */
async function fencesOf(
  vfs: readonly { pciAddress: PciAddress }[],
  { host, files, log }: FiguresSurroundings,
): Promise<ReadonlyMap<PciAddress, Fence>> {
  try {
    return await fencesOfBoot({ host, files }, vfs);
  } catch (error) {
    if (!(error instanceof StateFileError)) throw error;
    log.warn({ err: error }, 'the figures of virtual functions are told without their virtual machines');
    return new Map();
  }
}
