import type { ResolvedVm } from '@vfleet/contracts/policy/runs';
import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import { enterState } from './enter-state.ts';
import { hostsLeftOut } from './leave-host.ts';
import type { OnHost, OpenOperation, Placement } from './placement.ts';
import { runVmOf } from './run-vm.ts';

/** Every plugged passthrough vNIC whose profile does not let it move. One on a bridge moves along. */
export function refuseMigration({ at }: Placement, vm: ResolvedVm): Refusal[] {
  const holds = new Set(at?.vnics.flatMap(({ vnic, vf }) => (vf ? [vnic.id] : [])));
  const stuck = vm.vnics.filter(
    ({ id, needs, profile }) => (needs === 'vf' || holds.has(id)) && profile?.migratable === false,
  );
  if (stuck.length === 0) return [];
  const names = stuck.map(({ name, profile }) => `${name} (profile ${profile?.name})`).join(', ');
  return [refusal('VNICS_NOT_MIGRATABLE', `${vm.name}: ${names}.`)];
}

/** Hosts that are no destination: the one where the VM runs, and those where nothing may be begun. */
export function notDestinations(placement: Placement): Map<string, string> {
  const source = placement.at?.host.id;
  const here: [string, string][] = source === undefined ? [] : [[source, 'the virtual machine runs there']];
  return new Map([...hostsLeftOut(placement), ...here]);
}

/** The intent to move, with the claims that will be asked for at the destination. */
export function beginMigration(
  placement: Placement,
  { operation, resolved, on, now }: { operation: OpenOperation; resolved: ResolvedVm; on: OnHost; now: string },
): Placement {
  const vm = runVmOf(resolved);
  return enterState(placement, 'claiming-destination', { now, operation, vm, to: on, attempt: on.attempt });
}
