import {
  AttachVnics,
  DetachVnics,
  DomainsRequested,
  MigrateVm,
  StartVm,
  StopVm,
} from '@vfleet/contracts/host-agent-vms';
import type { DomainInterface } from '@vfleet/contracts/vocabulary/domain';
import { type Asks, causeOf } from '../asks.ts';
import { domainInterface } from '../core/domain-interface.ts';
import { stoppable } from '../core/leave-host.ts';
import { movingVnics } from '../core/moving-vnics.ts';
import { type OnHost, type PlacedVnic, type Placement, stepOf } from '../core/placement.ts';
import { releaseLeft } from './inventory-steps.ts';
import type { Doing, Step, StepResult } from './step.ts';

/** What hosts are told. A host answers by an event; what no agent was there to take is told again later. */
export function hostSteps(asks: Asks) {
  async function attach(doing: Doing, vnics: readonly PlacedVnic[]): Promise<StepResult> {
    const { placement } = doing;
    const at = here(placement);
    const payload = { ...ofRun(placement, at), interfaces: interfacesOf(placement, vnics) };
    return toldOf(doing, await asks.tell(AttachVnics, at.host.id, payload, causeOf(placement)));
  }

  async function detach(doing: Doing, vnicIds: string[], { keepTwins }: { keepTwins: boolean }): Promise<StepResult> {
    const { placement } = doing;
    const at = here(placement);
    if (vnicIds.length === 0) return { kind: 'done' };
    const payload = { ...ofRun(placement, at), vnicIds, keepTwins };
    return toldOf(doing, await asks.tell(DetachVnics, at.host.id, payload, causeOf(placement)));
  }

  return {
    start: async (doing) => {
      const { placement, resolved } = doing;
      if (!resolved) throw new Error(`VM ${placement.vmName} was not resolved`);
      const at = here(placement);
      const { domainXml, numaNode } = resolved;
      const payload = { ...ofRun(placement, at), domainXml, numaNode, interfaces: interfacesOf(placement, at.vnics) };
      return toldOf(doing, await asks.tell(StartVm, at.host.id, payload, causeOf(placement)));
    },
    'stop-hosts': async ({ placement }) => {
      const { left, isTold } = await leave(asks, placement);
      if (left.leaving.every(({ isGone }) => isGone)) return { kind: 'done', placement: left };
      return { kind: isTold ? 'told' : 'waits', placement: left };
    },
    'release-hosts': async ({ placement }) => {
      const { left } = await leave(asks, placement);
      return { kind: left.leaving.every(({ claims }) => claims.length === 0) ? 'done' : 'waits', placement: left };
    },
    'attach-plug': (doing) => attach(doing, doing.placement.plug ? [doing.placement.plug] : []),
    'attach-degraded': (doing) => attach(doing, doing.placement.plug ? [doing.placement.plug] : []),
    'detach-plug': (doing) =>
      detach(doing, doing.placement.plug ? [doing.placement.plug.vnic.id] : [], { keepTwins: false }),
    'detach-moving': (doing) => detach(doing, movingVnics(doing.placement), { keepTwins: true }),
    migrate: async (doing) => {
      const { placement } = doing;
      const at = here(placement);
      const destination = placement.to?.host ?? placement.lostDestination;
      if (!destination) throw new Error(`VM ${placement.vmName} moves nowhere`);
      const payload = { ...ofRun(placement, at), destination };
      return toldOf(doing, await asks.tell(MigrateVm, at.host.id, payload, causeOf(placement)));
    },
    'find-vm': async ({ placement }) => {
      if (placement.to) await asks.tell(DomainsRequested, placement.to.host.id, {}, causeOf(placement));
      return { kind: 'waits' };
    },
    // Interfaces that came along with the domain are there, and answered as such.
    'attach-moved': (doing) => attach(doing, pluggable(doing.placement)),
    'attach-back': (doing) => attach(doing, pluggable(doing.placement)),
  } satisfies Record<string, Step>;
}

/**
 * Tells hosts that were given up to stop what may be there, and has claims released where nothing is. `isTold`: of those
 * hosts that have the VM to be stopped, each was there to be told.
 */
export async function leave(asks: Asks, placement: Placement): Promise<{ left: Placement; isTold: boolean }> {
  const { placementId, vmId: id, vmName: name } = placement;
  const told = await Promise.all(
    stoppable(placement.leaving).map(async ({ host, attempt, stop, isGone }) => {
      if (!stop) return true;
      const payload = { step: stop.step, force: stop.force, placementId, attempt, vm: { id, name } };
      return (await asks.tell(StopVm, host.id, payload, causeOf(placement))) === 'delivered' || isGone;
    }),
  );
  return { left: await releaseLeft(asks, placement), isTold: told.every((isThere) => isThere) };
}

/** That no agent was there proves something only when the step was told to nobody before. */
function toldOf({ isFresh }: Doing, told: 'delivered' | 'no-agent'): StepResult {
  if (told === 'no-agent' && isFresh) return { kind: 'happened', happening: { kind: 'never-told' } };
  return { kind: 'told' };
}

function ofRun(placement: Placement, { attempt }: OnHost) {
  const { placementId, vmId: id, vmName: name } = placement;
  return { step: stepOf(placement), placementId, attempt, vm: { id, name } };
}

function interfacesOf({ vm, vmName }: Placement, vnics: readonly PlacedVnic[]): DomainInterface[] {
  return vnics.map((placed) => {
    const resolved = vm?.vnics.find(({ id }) => id === placed.vnic.id);
    if (!resolved) throw new Error(`vNIC ${placed.vnic.name} of VM ${vmName} was not resolved`);
    return domainInterface(resolved, placed);
  });
}

/** One that must have a VF and has none is on no bridge either: it is not in. */
function pluggable(placement: Placement): PlacedVnic[] {
  const needsVf = new Set(placement.vm?.vnics.flatMap(({ id, needs }) => (needs === 'vf' ? [id] : [])));
  return here(placement).vnics.filter(({ vnic, vf }) => vf !== null || !needsVf.has(vnic.id));
}

function here({ at, vmName }: Placement): OnHost {
  if (!at) throw new Error(`VM ${vmName} is nowhere`);
  return at;
}
