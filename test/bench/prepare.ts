import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CleanVfs, FenceFloor, StartVm, StopVm, VfsCleaned, VmStepEnded } from '@vfleet/contracts/host-agent-vms';
import type { DomainInterface } from '@vfleet/contracts/vocabulary/domain';
import { NO_VF_PROPERTIES } from '@vfleet/contracts/vocabulary/vnic-profile';
import { diskFiles } from '@vfleet/host-agent/adapters/disk-files';
import { DEMO_SCENARIOS } from '@vfleet/host-agent/adapters/scenarios';
import { type SimulatedHost, simulatedHost } from '@vfleet/host-agent/adapters/simulated-host';
import { startHostAgent } from '@vfleet/host-agent/service';
import { HostAgentSettings } from '@vfleet/host-agent/settings';
import { recordingBus } from '@vfleet/host-agent/testing/recording-bus';
import { systemClock } from '@vfleet/process/clock';
import { silentLog } from '@vfleet/process/log';
import { until } from '../servers/condition.ts';
import { measureInTurn, median } from './measure.ts';
import type { Table } from './table.ts';

const CARDS = DEMO_SCENARIOS.alpha.cards;
/** Four PFs of two igb cards. */
const PFS = CARDS.flatMap(({ address, ports }) => ports.map((_, fn) => address.replace(/\.0$/, `.${fn}`)));
const VFS = 8;

/**
 * A VM started, stopped and its VFs proven clean by the agent of a simulated host that takes a real one's times to bind:
 * eight VFs on four PFs against two VFs on one PF, which is what each of the four has to do. What the same takes without
 * VFs is subtracted from all.
 */
export async function benchPrepare(): Promise<Table> {
  const folder = mkdtempSync(join(tmpdir(), 'vfleet-bench-'));
  try {
    const agent = await agentOn(folder);
    const { none, spread, share, onePf } = await measureInTurn(
      {
        none: () => agent.run([]),
        spread: () => agent.run(PFS.flatMap((pf) => agent.vfsOf(pf, VFS / PFS.length))),
        share: () => agent.run(agent.vfsOf(PFS[0] ?? '', VFS / PFS.length)),
        onePf: () => agent.run(agent.vfsOf(PFS[0] ?? '', VFS - 1)),
      },
      { rounds: 7, warmUp: 1 },
    );
    await agent.close();
    const base = median(none);
    const against = { what: 'two VFs on one PF', value: median(share) - base };
    return {
      title: 'Prepare the VFs of one VM and give them back clean, beyond start and stop of its domain',
      figures: [
        { what: 'eight VFs on four PFs', value: median(spread) - base, unit: 'ms', against },
        { what: 'seven VFs on one PF', value: median(onePf) - base, unit: 'ms', against },
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function agentOn(folder: string) {
  const clock = systemClock();
  const bus = recordingBus();
  const cards = CARDS.map((card) => ({ ...card, ports: card.ports.map((port) => ({ ...port, vfs: VFS - 1 })) }));
  const host: SimulatedHost = simulatedHost({ scenario: { cards }, clock, seed: 'bench' });
  let ids = 0;
  let fence = 0;
  const agent = await startHostAgent({
    ...{ hostId: 'bench', bus, host, guests: host.guests, files: diskFiles(folder), clock, log: silentLog },
    newId: () => `id-${++ids}`,
    settings: HostAgentSettings.parse({}),
  });
  const { pfs } = await host.scan();
  bus.obey(FenceFloor, { floor: 0, contact: null });
  const outcomeOf = async (step: string) => {
    const found = () => bus.saidOf(VmStepEnded).find((each) => each.step === step);
    await until(async () => found() !== undefined, { what: step, withinMs: 60_000, everyMs: 1 });
    if (found()?.outcome.result !== 'done') throw new Error(`${step}: ${JSON.stringify(found()?.outcome)}`);
  };

  const cleaned = async (claims: readonly { claimId: string }[]) => {
    const results = () => bus.saidOf(VfsCleaned).flatMap((said) => said.results);
    const clean = () =>
      claims.every(({ claimId }) =>
        results().some((each) => each.claimId === claimId && each.outcome.result === 'clean'),
      );
    await until(async () => clean(), { what: 'the cleaning', withinMs: 60_000, everyMs: 1 });
  };

  return {
    vfsOf: (pf: string, count: number) =>
      (pfs.find(({ pciAddress }) => pciAddress === pf)?.vfs ?? []).slice(0, count).map(({ pciAddress }) => pciAddress),
    /** Starts a VM on these VFs, stops it and has the VFs cleaned. */
    run: async (vfs: readonly string[]) => {
      const attempt = ++fence;
      const ofRun = { placementId: 'p1', attempt, vm: { id: 'vm1', name: 'vm1' } };
      const interfaces = vfs.map((vf, index) => interfaceOn(vf, attempt, index));
      bus.obey(StartVm, { ...ofRun, step: `start ${attempt}`, domainXml: null, numaNode: null, interfaces });
      await outcomeOf(`start ${attempt}`);
      bus.obey(StopVm, { ...ofRun, step: `stop ${attempt}`, force: true });
      await outcomeOf(`stop ${attempt}`);
      const claims = interfaces.map(({ claim }) => claim);
      if (claims.length > 0) bus.obey(CleanVfs, { claims });
      await cleaned(claims);
    },
    close: async () => {
      await agent.close();
      await host.close();
    },
  };
}

function interfaceOn(pciAddress: string, fence: number, index: number): DomainInterface & { kind: 'vf' } {
  return {
    kind: 'vf',
    vnic: { id: `vnic-${index}`, name: `nic${index}` },
    mac: `52:54:00:00:00:0${index}`,
    network: { id: 'n1', name: 'red', vlanId: 100, mtu: 1500 },
    linked: true,
    bootOrder: null,
    guestPciAddress: null,
    claim: { claimId: `c-${fence}-${index}`, pciAddress, fence },
    properties: NO_VF_PROPERTIES,
    failover: null,
  };
}
