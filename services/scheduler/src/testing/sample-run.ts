import { beginStart, operationOf } from '../core/begin-operation.ts';
import { placeVnics } from '../core/place-vnics.ts';
import { newPlacement, type OnHost, type OpenOperation, type Placement, type RunVm } from '../core/placement.ts';
import { runVmOf } from '../core/run-vm.ts';
import { sampleVm, sampleVnic } from './sample-vm.ts';

export const NOW = '2026-01-01T00:00:00.000Z';

/** A VM with one vNIC on a VF and a preferred one. */
export const SAMPLE_VM: RunVm = runVmOf(
  sampleVm('web', [
    sampleVnic('nic1', 'red'),
    sampleVnic('nic2', 'blue', { needs: 'vf-or-bridge', interface: 'virtio' }),
  ]),
);

/** Counts up, so that claims can be told apart. */
export function counter(prefix: string): () => string {
  let last = 0;
  return () => `${prefix}${++last}`;
}

/** The sample VM on a host: its first vNIC with a VF, the other one degraded. */
export function sampleTry(
  name: string,
  { attempt, newId, vfs = 1 }: { attempt: number; newId: () => string; vfs?: number },
): OnHost {
  const vnics = SAMPLE_VM.vnics.map(({ id, name: vnic }, index) => ({
    vnic: { id, name: vnic },
    vf: index < vfs ? { pciAddress: `0000:01:10.${index}`, pf: { id: 'pf-01', name: 'ens1' } } : null,
    degraded: index >= vfs,
  }));
  return placeVnics({ host: { id: `id-${name}`, name }, vnics }, { attempt, guestAddresses: [], now: NOW, newId });
}

export function sampleOperation(
  kind: OpenOperation['kind'],
  change: Partial<OpenOperation> & { id?: string } = {},
): OpenOperation {
  const actor = { kind: 'user' as const, name: 'admin' };
  const of = { id: change.id ?? `op-${kind}`, actor, correlationId: `c-${kind}` };
  return { ...operationOf(of, { kind }, NOW), ...change };
}

/** A VM that was never placed. */
export function downPlacement(): Placement {
  return newPlacement({ vm: SAMPLE_VM, placementId: 'p0', now: NOW });
}

/** The sample VM as it is started on host alpha, in its first attempt. */
export function startingPlacement(newId: () => string = counter('claim-')): Placement {
  const on = sampleTry('alpha', { attempt: 1, newId });
  const of = { operation: sampleOperation('start'), vm: SAMPLE_VM, on, placementId: 'p1', now: NOW };
  return beginStart(downPlacement(), of);
}

/** The sample VM as it runs on host alpha, known there since the agent's tenth message. */
export function runningPlacement(newId: () => string = counter('claim-')): Placement {
  const { at, ...starting } = startingPlacement(newId);
  const vnics = at?.vnics.map((placed, index) => ({ ...placed, vf: placed.vf && { ...placed.vf, fence: index + 1 } }));
  return {
    ...starting,
    state: 'running',
    at: at && { ...at, vnics: vnics ?? [] },
    operation: null,
    seen: { hostId: 'id-alpha', boot: 1, sequence: 10 },
  };
}
