import type { VmFailureSeen } from './vm-failures.ts';
import type { OfRun } from './vm-record.ts';
import type { VmSeen, VmStep } from './vm-step.ts';

/** Why nothing is done to the domain of a VM: it is not here, or is of a later attempt than the message. */
export function brokenRun({ attempt }: OfRun, { domain }: VmSeen): VmFailureSeen[] {
  if (!domain) return [{ kind: 'no-domain' }];
  const isOutdated = domain.attempt !== null && domain.attempt > attempt;
  return isOutdated ? [{ kind: 'outdated', attempt, kept: domain.attempt as number }] : [];
}

/** A domain that came from another host has the attempt of that one: the first message of this attempt takes it over. */
export function adoption({ placementId, attempt }: OfRun, { domain }: VmSeen): VmStep[] {
  return domain?.attempt === attempt ? [] : [{ kind: 'adopt', of: { placementId, attempt } }];
}
