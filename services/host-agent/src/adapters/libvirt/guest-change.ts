import { explainHypervisor, type HypervisorFailure, LIBVIRT_AWAY } from '../../core/hypervisor-failures.ts';
import type { GuestChange } from '../../guests.ts';
import type { Ended } from '../linux/run-to-end.ts';
import { HypervisorAway, isAway, wordsOf } from './virsh.ts';

type Failed = GuestChange & { kind: 'failed' };

export const DONE: GuestChange & { kind: 'done' } = { kind: 'done' };
export const UNFINISHED: GuestChange & { kind: 'unfinished' } = { kind: 'unfinished' };

/** A refusal in words, with what more is known of it. */
export function failed(message: string, because: HypervisorFailure | undefined = explainHypervisor(message)): Failed {
  return because ? { kind: 'failed', message, because } : { kind: 'failed', message };
}

/** What virsh ended with as a refusal. */
export function refused(ended: Ended): Failed {
  return failed(wordsOf(ended), isAway(ended) ? LIBVIRT_AWAY : undefined);
}

/** What libvirt says of a VM of which it has no domain. */
export function noDomain(vmId: string): Failed {
  return failed(`libvirt has no domain of the virtual machine ${vmId}`);
}

/** A libvirt that does not answer is a failure in words like any other. */
export async function toldWhenAway<Change extends GuestChange>(work: () => Promise<Change>): Promise<Change | Failed> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HypervisorAway) return failed(error.message, LIBVIRT_AWAY);
    throw error;
  }
}
