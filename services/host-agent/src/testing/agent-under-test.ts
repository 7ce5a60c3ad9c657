import {
  ChangeProgressed,
  Heartbeat,
  HostDevicesReported,
  ReportRequested,
  VfsWanted,
} from '@vfleet/contracts/host-agent';
import type { PfReport, Settlement } from '@vfleet/contracts/vocabulary/host-report';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { silentLog } from '@vfleet/process/log';
import { turnsUntil } from '@vfleet/process/turns-until';
import { type VirtualClock, virtualClock } from '@vfleet/process/virtual-clock';
import { DEMO_SCENARIOS } from '../adapters/scenarios.ts';
import type { FaultInput } from '../adapters/simulated/faults.ts';
import type { SimulatedNetwork } from '../adapters/simulated/migration.ts';
import type { ScenarioInput } from '../adapters/simulated/scenario.ts';
import { simulatedHost } from '../adapters/simulated-host.ts';
import type { Wanted } from '../core/journal.ts';
import { type HostAgent, startHostAgent } from '../service.ts';
import { HostAgentSettings } from '../settings.ts';
import { stateFiles } from '../state-files.ts';
import { type Death, mortal } from './killable.ts';
import { memoryFiles } from './memory-files.ts';
import { until } from './passing.ts';
import { recordingBus } from './recording-bus.ts';

export const PF = '0000:05:00.0';
export const OTHER_PF = '0000:84:00.0';

export type AgentUnderTest = ReturnType<typeof agentUnderTest>;

/** An agent on a simulated alpha, its files and its bus, in virtual time; the machine and the files outlive the agent. */
export function agentUnderTest({
  faults = [],
  existing = 0,
  persisted = null,
  scenario = DEMO_SCENARIOS.alpha,
  settings = {},
  hostId = 'alpha',
  clock = virtualClock(),
  network = null,
  hasGuests = true,
}: {
  faults?: FaultInput[];
  existing?: number;
  persisted?: number | null;
  scenario?: ScenarioInput;
  settings?: Partial<HostAgentSettings>;
  hostId?: string;
  clock?: VirtualClock;
  network?: SimulatedNetwork | null;
  /** Whether the agent drives the machine's hypervisor. */
  hasGuests?: boolean;
} = {}) {
  const bus = recordingBus();
  const disk = memoryFiles(persisted === null ? {} : { [`virtual_functions/${PF}`]: String(persisted) });
  const machine = simulatedHost({
    scenario: withVfs(scenario, existing, faults),
    clock,
    seed: hostId,
    hostId,
    network,
  });
  let ids = 0;
  let running: { service: HostAgent | null; process: ReturnType<typeof mortal> } | null = null;
  let wanted: Wanted | null = null;

  const reports = () => bus.saidOf(HostDevicesReported);
  const lastReport = () => reports().at(-1);
  const pfReport = (pf = PF): PfReport | undefined => lastReport()?.pfs.find(({ pciAddress }) => pciAddress === pf);
  const settlement = (pf = PF): Settlement | null => pfReport(pf)?.settlement ?? null;

  async function start(death: Death | null = null) {
    const process = mortal(death);
    const starting = startHostAgent({
      hostId,
      bus,
      host: process.part(machine),
      guests: hasGuests ? process.part(machine.guests) : null,
      files: process.part(disk),
      clock: process.clock(clock),
      log: silentLog,
      newId: () => `id-${++ids}`,
      settings: HostAgentSettings.parse(settings),
    });
    let service: HostAgent | null = null;
    let hasFailed = false;
    starting.then(
      (started) => {
        service = started;
      },
      () => {
        hasFailed = true;
      },
    );
    // Also before the first test of a file, where no time limit ends a start that never does.
    await turnsUntil(async () => {
      await clock.advance(0);
      return service !== null || hasFailed || process.isDead();
    });
    if (hasFailed) await starting;
    running = { service, process };
    await clock.advance(0);
    return process;
  }

  async function want(
    numOfVfs: number,
    {
      generation = (wanted?.generation ?? 0) + 1,
      vfsConfigId = 'alpha-1',
      pf = PF,
      as = 'c-0',
      mtu = null,
      onlyIfExisting = null,
    }: {
      generation?: number;
      vfsConfigId?: string;
      pf?: PciAddress;
      as?: string;
      mtu?: number | null;
      onlyIfExisting?: number | null;
    } = {},
  ) {
    wanted = { vfsConfigId, pciAddress: pf, generation, numOfVfs, mtu, onlyIfExisting };
    bus.obey(VfsWanted, wanted, as);
    await clock.advance(0);
  }

  return {
    clock,
    bus,
    disk,
    machine,
    state: stateFiles(disk),
    start,
    want,
    reports,
    lastReport,
    pfReport,
    settlement,
    heartbeats: () => bus.saidOf(Heartbeat),
    progress: () => bus.saidOf(ChangeProgressed),
    requestReport: async () => {
      bus.obey(ReportRequested, {});
      await clock.advance(0);
    },
    problems: () => running?.service?.problems(),
    figures: async () => {
      if (!running?.service) throw new Error('no agent is running');
      return running.service.figures();
    },
    /** Sends what was wanted last again, as inventory does while it is not settled. */
    wantAgain: async () => {
      if (wanted) bus.obey(VfsWanted, wanted);
      await clock.advance(0);
    },
    until: (condition: () => boolean | Promise<boolean>, limitMs?: number) =>
      until(clock, condition, limitMs === undefined ? {} : { limitMs }),
    /** Runs until a generation is reported as settled. */
    settled: async (generation = wanted?.generation ?? 0, pf = wanted?.pciAddress ?? PF) => {
      await until(clock, () => (settlement(pf)?.generation ?? 0) >= generation);
      return settlement(pf) as Settlement;
    },
    /** The MTU of a PF, by looking into the machine. */
    mtu: async (pf = PF) => (await machine.nicsOf([pf]))[0]?.mtu,
    persistedMtu: async (pf = PF) => (await stateFiles(disk).persisted(pf))?.mtu ?? null,
    persisted: async (pf = PF) => (await stateFiles(disk).persisted(pf))?.count ?? null,
    isDead: () => running?.process.isDead() ?? true,
    /** kill -9. */
    kill: () => {
      running?.process.die();
      running = null;
    },
    close: async () => {
      const closing = running?.service?.close();
      running = null;
      if (closing) await Promise.all([closing, clock.advance(10_000)]);
    },
  };
}

function withVfs(scenario: ScenarioInput, vfs: number, faults: FaultInput[]): ScenarioInput {
  const cards = scenario.cards.map((card) => ({
    ...card,
    ports: card.ports.map((port, fn) => ({ ...port, vfs: card.address === PF && fn === 0 ? vfs : 0 })),
  }));
  return { ...scenario, cards, faults };
}
