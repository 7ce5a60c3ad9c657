import { StartVm, StopVm } from '@vfleet/contracts/host-agent-vms';
import { type Asks, causeOf } from '../asks.ts';
import { domainInterface } from '../core/domain-interface.ts';
import { type OnHost, type Placement, stepOf } from '../core/placement.ts';
import { releaseLeft } from './inventory-steps.ts';
import type { Doing, Step, StepResult } from './step.ts';

/** What hosts are told. A host answers by an event; what no agent was there to take is told again later. */
export function hostSteps(asks: Asks): Record<'start' | 'stop-hosts' | 'release-hosts', Step> {
  return {
    start: async (doing) => {
      const { placement, resolved } = doing;
      const { at, vm } = placement;
      if (!at || !vm || !resolved) throw new Error(`VM ${placement.vmName} starts nowhere`);
      const interfaces = resolved.vnics.map((vnic) => domainInterface(vnic, placedOf(at, vnic.id)));
      const { domainXml, numaNode } = resolved;
      const payload = { ...ofRun(placement, at), domainXml, numaNode, interfaces };
      return toldOf(doing, await asks.tell(StartVm, at.host.id, payload, causeOf(placement)));
    },
    'stop-hosts': async ({ placement }) => {
      const left = await leave(asks, placement);
      return { kind: left.leaving.every(({ isGone }) => isGone) ? 'done' : 'waits', placement: left };
    },
    'release-hosts': async ({ placement }) => {
      const left = await leave(asks, placement);
      return { kind: left.leaving.every(({ claims }) => claims.length === 0) ? 'done' : 'waits', placement: left };
    },
  };
}

/** Tells hosts that were given up to stop what may be there, and has claims released where nothing is. */
export async function leave(asks: Asks, placement: Placement): Promise<Placement> {
  await Promise.all(
    placement.leaving.map(async ({ host, attempt, stop }) => {
      if (!stop) return;
      const { placementId, vmId: id, vmName: name } = placement;
      const payload = { step: stop.step, force: stop.force, placementId, attempt, vm: { id, name } };
      await asks.tell(StopVm, host.id, payload, causeOf(placement));
    }),
  );
  return releaseLeft(asks, placement);
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

function placedOf({ vnics }: OnHost, vnicId: string): OnHost['vnics'][number] {
  const placed = vnics.find(({ vnic }) => vnic.id === vnicId);
  if (!placed) throw new Error(`vNIC ${vnicId} was never placed`);
  return placed;
}
