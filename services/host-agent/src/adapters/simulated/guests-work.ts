import type { GuestChange } from '../../guests.ts';
import { within } from '../../within.ts';
import type { Machine } from './machine.ts';
import { pass } from './waiting.ts';

export const LIBVIRT_AWAY =
  "Failed to connect socket to '/var/run/libvirt/virtqemud-sock': Connection refused; the daemon is not running";

/** How the hypervisor ends what it was asked; it may take longer than anybody waits for it. */
export type Ended = Exclude<GuestChange, { kind: 'unfinished' }>;

export const DONE: Ended = { kind: 'done' };

export function failed(message: string): Ended {
  return { kind: 'failed', message };
}

/** Waits for what the hypervisor does, but not longer than the deadline; it goes on all the same. */
export async function inTime<Outcome extends Ended>(
  machine: Machine,
  deadlineMs: number,
  work: () => Promise<Outcome>,
): Promise<Outcome | Ended | { kind: 'unfinished' }> {
  if (isLibvirtAway(machine)) return failed(LIBVIRT_AWAY);
  const ended = await within(machine.clock, deadlineMs, work());
  return ended.inTime ? ended.value : { kind: 'unfinished' };
}

export function isLibvirtAway(machine: Machine): boolean {
  return machine.faults.of('libvirt-away').length > 0;
}

/** Lets the time pass that the hypervisor needs for a VM, longer when its guest is slow. */
export async function passFor(machine: Machine, vmId: string, ms: number): Promise<void> {
  const slow = machine.faults.concerning('guest-slow', { vmId });
  await pass(
    machine,
    slow.reduce((sum, fault) => sum + fault.ms, ms),
  );
}
