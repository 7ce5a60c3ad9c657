import {
  AttachVnics,
  CleanVfs,
  DetachVnics,
  DomainsReported,
  DomainsRequested,
  FenceFloor,
  MigrateVm,
  StartVm,
  StopVm,
  VfsCleaned,
  VmStepEnded,
} from '@vfleet/contracts/host-agent-vms';
import type { ClaimRef } from '@vfleet/contracts/vocabulary/claim';
import type { DomainInterface } from '@vfleet/contracts/vocabulary/domain';
import { NO_VF_PROPERTIES } from '@vfleet/contracts/vocabulary/vnic-profile';
import { expect } from 'vitest';
import { agentUnderTest, PF } from './agent-under-test.ts';

type VfInterface = DomainInterface & { kind: 'vf' };
type Of = { vm?: string; attempt?: number; step?: string };

/** The address of a VF of the first PF of alpha, by its index. */
export function vfAt(index: number): string {
  return `0000:05:1${index >> 2}.${(index % 4) * 2}`;
}

/** A claim of a VF by its index; one with another fence is another claim. */
export function claimOf(vf: number, fence: number): ClaimRef {
  return { claimId: `k-${vf}-${fence}`, pciAddress: vfAt(vf), fence };
}

/** An interface on a VF, with VLAN 100 and a MAC of its own. */
export function onVf(vf: number, fence: number, more: Partial<VfInterface> = {}): VfInterface {
  return {
    kind: 'vf',
    vnic: { id: `vnic-${vf}`, name: `nic${vf}` },
    mac: `52:54:00:00:00:0${vf}`,
    network: { id: 'n1', name: 'red', vlanId: 100, mtu: 1500 },
    linked: true,
    bootOrder: null,
    guestPciAddress: null,
    claim: claimOf(vf, fence),
    properties: NO_VF_PROPERTIES,
    failover: null,
    ...more,
  };
}

/** An interface on the bridge of its network. */
export function onBridge(id: string): DomainInterface {
  return {
    ...{ kind: 'bridge', vnic: { id, name: id }, mac: '52:54:00:00:01:00', model: 'virtio' },
    ...{ network: { id: 'n1', name: 'red', vlanId: 100, mtu: 1500 }, linked: true, bootOrder: null },
    guestPciAddress: null,
  };
}

export type VmsUnderTest = ReturnType<typeof vmsUnderTest>;

/** An agent on a simulated alpha with four VFs, spoken to as the scheduler and inventory do. */
export function vmsUnderTest(options: Parameters<typeof agentUnderTest>[0] = {}) {
  const agent = agentUnderTest({ existing: 4, ...options });
  const { bus, clock, machine } = agent;

  const ofRun = ({ vm = 'vm1', attempt = 1 }: Of, step: string) => ({
    step,
    placementId: `p-${vm}`,
    attempt,
    vm: { id: vm, name: vm },
  });
  const obeyed = async (work: () => void) => {
    work();
    await clock.advance(0);
  };
  const outcomes = () => bus.saidOf(VmStepEnded);
  const cleaned = () => bus.saidOf(VfsCleaned).flatMap(({ results }) => results);

  return {
    ...agent,
    outcomes,
    cleaned,
    reportsOfDomains: () => bus.saidOf(DomainsReported),
    floor: (floor: number) => obeyed(() => bus.obey(FenceFloor, { floor, contact: null })),
    startVm: (interfaces: DomainInterface[], of: Of = {}) => {
      const run = ofRun(of, of.step ?? `start ${of.vm ?? 'vm1'} ${of.attempt ?? 1}`);
      return obeyed(() => bus.obey(StartVm, { ...run, domainXml: null, numaNode: null, interfaces }));
    },
    stopVm: (of: Of & { force?: boolean } = {}) => {
      const run = ofRun(of, of.step ?? `stop ${of.vm ?? 'vm1'} ${of.attempt ?? 1}`);
      return obeyed(() => bus.obey(StopVm, { ...run, force: of.force ?? false }));
    },
    attach: (interfaces: DomainInterface[], of: Of = {}) =>
      obeyed(() => bus.obey(AttachVnics, { ...ofRun(of, of.step ?? 'attach'), interfaces })),
    detach: (vnicIds: string[], of: Of = {}) =>
      obeyed(() => bus.obey(DetachVnics, { ...ofRun(of, of.step ?? 'detach'), vnicIds, keepTwins: false })),
    migrate: (destination: string, of: Of = {}) => {
      const run = ofRun(of, of.step ?? 'migrate');
      return obeyed(() => bus.obey(MigrateVm, { ...run, destination: { id: destination, name: destination } }));
    },
    clean: (...claims: ClaimRef[]) => obeyed(() => bus.obey(CleanVfs, { claims })),
    requestDomains: () => obeyed(() => bus.obey(DomainsRequested, {})),
    /** Runs until the outcome of a step is told once more than before; answers it. */
    outcomeOf: async (step: string, times = 1) => {
      const told = () => outcomes().filter((each) => each.step === step);
      await agent.until(() => told().length >= times);
      const last = told().at(-1);
      if (!last) throw new Error(`no outcome of ${step}`);
      return last;
    },
    /** Runs until a claim was told of as often; answers the last outcome. */
    cleanOutcome: async ({ claimId }: ClaimRef, times = 1) => {
      const told = () => cleaned().filter((each) => each.claimId === claimId);
      await agent.until(() => told().length >= times);
      return told().at(-1)?.outcome;
    },
    domains: () => machine.domainsNow(),
    settings: (vf: number) => machine.vfSettings(vfAt(vf)),
    driverOf: async (vf: number) =>
      (await machine.lookAtPf(PF))?.vfs.find(({ pciAddress }) => pciAddress === vfAt(vf))?.driver,
  };
}

/** An agent that knows its floor. */
export async function readyAgent(options: Parameters<typeof vmsUnderTest>[0] = {}): Promise<VmsUnderTest> {
  const agent = vmsUnderTest(options);
  await agent.start();
  await agent.floor(0);
  return agent;
}

/** An agent that has started vm1 with these interfaces. */
export async function runningAgent(...interfaces: DomainInterface[]): Promise<VmsUnderTest> {
  const agent = await readyAgent();
  await agent.startVm(interfaces);
  await agent.outcomeOf('start vm1 1');
  return agent;
}

/** What an outcome shows of a step that is done, or that failed. */
export const done = { outcome: { result: 'done' } };

export function failedWith(code: string, cause = '') {
  return { outcome: { result: 'failed', failure: { code, cause: expect.stringContaining(cause) } } };
}

/** A VF that nobody prepared and nobody holds. */
export async function expectUntouched(agent: VmsUnderTest, vf = 0): Promise<void> {
  const holds = agent.domains().filter(({ interfaces }) => interfaces.some((each) => each.vf?.pciAddress === vfAt(vf)));
  expect(holds).toEqual([]);
  expect(agent.settings(vf)).toMatchObject({ vlanId: 0 });
  expect(await agent.driverOf(vf)).toBe('igbvf');
}
