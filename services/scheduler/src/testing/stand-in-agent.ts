import { type Bus, obeys } from '@vfleet/bus/bus';
import type { MessageContext } from '@vfleet/contracts/envelope';
import {
  AttachVnics,
  DetachVnics,
  DomainsReported,
  DomainsRequested,
  MigrateVm,
  StartVm,
  StopVm,
  VmStepEnded,
} from '@vfleet/contracts/host-agent-vms';
import type { DomainInterface } from '@vfleet/contracts/vocabulary/domain';
import { type Clock, isoNow } from '@vfleet/process/clock';
import type { Domain, Machines } from './machines.ts';

type Step = { step: string; placementId: string; attempt: number; vm: { id: string; name: string } };
type Outcome = { code: string; cause: string; remedy: string } | undefined;

/** What outlives an agent's process on its machine: per VM the highest attempt, and whether it is over. */
export type AgentDisk = {
  boot: number;
  attempts: Map<string, { attempt: number; isOver: boolean }>;
  /** How steps ended: told again when they come again. */
  ended: Map<string, Outcome>;
};

/**
 * An agent as placements see it: it starts, stops, plugs and moves domains on its machine, fenced by attempts, and tells
 * how steps ended by events. `behaves` makes it fail, be slow or be silent. For tests.
 */
export async function standInAgent({
  hostId,
  bus,
  clock,
  machines,
  disk,
  behaves,
}: {
  hostId: string;
  bus: Bus;
  clock: Clock;
  machines: Machines;
  disk: AgentDisk;
  /** Asked before each step: a failure is told, `silent` does nothing, `unanswered` does it and tells nothing. */
  behaves: (
    step: 'start' | 'stop' | 'attach' | 'detach' | 'migrate',
  ) => 'well' | 'silent' | 'unanswered' | NonNullable<Outcome>;
}) {
  disk.boot++;
  const boot = disk.boot;
  let sequence = 0;
  let reports = 0;
  let messages = 0;
  const domains = () => machines.on(hostId);

  const context = (): MessageContext => {
    const id = `${hostId}-${boot}-${++messages}`;
    return { id, correlationId: id, actor: { kind: 'agent', name: hostId }, sentAt: isoNow(clock) };
  };
  const origin = () => ({ hostId, boot, sequence: ++sequence });

  async function ended({ step, placementId, attempt, vm }: Step, failure?: Outcome): Promise<void> {
    const domain = domains().get(vm.id);
    const attached = [...(domain?.vnics ?? [])].map(([vnicId, { guestPciAddress }]) => ({ vnicId, guestPciAddress }));
    const outcome = failure ? { result: 'failed' as const, failure } : { result: 'done' as const };
    const there = domain ? ('running' as const) : ('gone' as const);
    const told = { ...origin(), step, placementId, attempt, vmId: vm.id, outcome, domain: there, attached };
    await bus.publish(VmStepEnded, told, context());
  }

  async function report(): Promise<void> {
    reports++;
    const shown = [...domains().values()].map((domain) => ({
      ...{ name: domain.vmId, vmId: domain.vmId, placementId: domain.placementId, attempt: domain.attempt },
      state: 'running' as const,
      vfs: [...domain.vnics].flatMap(([vnicId, { pciAddress }]) => (pciAddress ? [{ pciAddress, vnicId }] : [])),
    }));
    const whole = { machineBoot: `boot-${boot}`, takenAt: isoNow(clock), domains: shown, fences: [] };
    await bus.publish(DomainsReported, { ...origin(), ...whole }, context());
  }

  /** The fence of the VM: lower attempts and those that are over are refused. */
  function isRefused({ vm, attempt }: Step): boolean {
    const kept = disk.attempts.get(vm.id);
    if (kept && (kept.attempt > attempt || (kept.attempt === attempt && kept.isOver))) return true;
    disk.attempts.set(vm.id, { attempt, isOver: false });
    return false;
  }

  /** Does a step as it is told to behave; the step fails, with nothing done, when this answers a failure. */
  async function doing(
    name: Parameters<typeof behaves>[0],
    step: Step,
    work: () => Outcome | Promise<Outcome>,
  ): Promise<void> {
    const behaviour = behaves(name);
    if (behaviour === 'silent') return;
    const failure = disk.ended.has(step.step)
      ? disk.ended.get(step.step)
      : typeof behaviour === 'object'
        ? behaviour
        : await work();
    disk.ended.set(step.step, failure);
    if (failure && name === 'start') disk.attempts.set(step.vm.id, { attempt: step.attempt, isOver: true });
    machines.check();
    if (behaviour !== 'unanswered') await ended(step, failure);
  }

  function plug(domain: Domain, interfaces: readonly DomainInterface[]): void {
    for (const each of interfaces) {
      const guestPciAddress = each.guestPciAddress ?? `0000:00:${(16 + domain.vnics.size).toString(16)}.0`;
      const pciAddress = each.kind === 'vf' ? each.claim.pciAddress : null;
      domain.vnics.set(each.vnic.id, { pciAddress, guestPciAddress });
    }
  }

  await bus.attach(hostId, [
    obeys(StartVm, async ({ payload }) => {
      await doing('start', payload, () => {
        const known = domains().get(payload.vm.id);
        if (known?.attempt === payload.attempt) return undefined;
        if (isRefused(payload)) return failure('ATTEMPT_IS_OVER');
        const { placementId, attempt, interfaces, vm } = payload;
        const domain: Domain = { vmId: vm.id, placementId, attempt, vnics: new Map() };
        plug(domain, interfaces);
        domains().set(vm.id, domain);
        return undefined;
      });
    }),
    obeys(StopVm, async ({ payload }) => {
      await doing('stop', payload, () => {
        const kept = disk.attempts.get(payload.vm.id);
        if (kept && kept.attempt > payload.attempt) return undefined;
        disk.attempts.set(payload.vm.id, { attempt: payload.attempt, isOver: true });
        domains().delete(payload.vm.id);
        return undefined;
      });
    }),
    obeys(AttachVnics, async ({ payload }) => {
      await doing('attach', payload, () => {
        const domain = domains().get(payload.vm.id);
        if (!domain || isRefused(payload)) return failure('NO_DOMAIN');
        domain.attempt = payload.attempt;
        plug(domain, payload.interfaces);
        return undefined;
      });
    }),
    obeys(DetachVnics, async ({ payload }) => {
      await doing('detach', payload, () => {
        const domain = domains().get(payload.vm.id);
        if (!domain || isRefused(payload)) return failure('NO_DOMAIN');
        for (const id of payload.vnicIds) domain.vnics.delete(id);
        return undefined;
      });
    }),
    obeys(MigrateVm, async ({ payload }) => {
      await doing('migrate', payload, () => {
        const domain = domains().get(payload.vm.id);
        if (!domain) return machines.on(payload.destination.id).has(payload.vm.id) ? undefined : failure('NO_DOMAIN');
        if (isRefused(payload)) return failure('ATTEMPT_IS_OVER');
        domains().delete(payload.vm.id);
        machines.on(payload.destination.id).set(payload.vm.id, domain);
        return undefined;
      });
    }),
    obeys(DomainsRequested, report),
  ]);

  return {
    report,
    reports: () => reports,
    /** A VM ends by itself. */
    kill: async (vmId: string) => {
      domains().delete(vmId);
      await report();
    },
  };
}

function failure(code: string): NonNullable<Outcome> {
  return { code, cause: `The stand-in says ${code}.`, remedy: 'None.' };
}
