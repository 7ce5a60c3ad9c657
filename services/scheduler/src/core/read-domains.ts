import type { DomainsReported } from '@vfleet/contracts/host-agent-vms';
import type { z } from 'zod';
import type { Happening } from './happening.ts';
import { isNewer } from './newer.ts';
import type { Placement } from './placement.ts';

export type Domains = z.infer<(typeof DomainsReported)['payload']>;

/**
 * What the domains of a host say about a VM that is placed there, or looked for. A report counts when it is newer than
 * the host's word that the VM is there: the agent takes its number before it looks.
 */
export function readDomains(placement: Placement, report: Domains, isAsked: boolean): Happening | undefined {
  const { at, to, seen, state, vmId } = placement;
  const { hostId, boot, sequence } = report;
  const domain = report.domains.find((each) => each.vmId === vmId);
  if (state === 'finding-vm' && to?.host.id === hostId) {
    if (domain) return { kind: 'vm-there', answer: { seen: { hostId, boot, sequence }, attached: [] } };
    return isAsked ? { kind: 'vm-gone' } : undefined;
  }
  if (!at || at.host.id !== hostId || seen?.hostId !== hostId || !isNewer(report, seen)) return undefined;
  return domain?.attempt === at.attempt ? undefined : { kind: 'vm-gone' };
}

/**
 * Whether a host that does not have a VM, while it is started there, may not have it any more: it can end before it is
 * known to run. Only a later report can tell.
 */
export function mayHaveEnded({ state, at, vmId }: Placement, { hostId, domains }: Domains): boolean {
  return state === 'starting' && at?.host.id === hostId && domains.every((each) => each.vmId !== vmId);
}

/**
 * The attempt of a domain that nobody wants any more, and nobody has told to stop: an agent that was given up answers
 * late. What the placement does not know of is left alone: it may know less than the host does, as after it was restored
 * from a backup.
 */
export function unwantedAttempt(placement: Placement, report: Domains): number | undefined {
  const { at, to, leaving, vmId, attempt: newest } = placement;
  const attempt = report.domains.find((each) => each.vmId === vmId)?.attempt ?? null;
  if (attempt === null || attempt > newest) return undefined;
  const isWanted = [at, to].some((each) => each?.host.id === report.hostId || each?.attempt === attempt);
  const isStopped = leaving.some((each) => each.attempt === attempt && each.stop !== null);
  return isWanted || isStopped ? undefined : attempt;
}
