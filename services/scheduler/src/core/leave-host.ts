import type { Leaving, OnHost, Placement } from './placement.ts';

/**
 * What is still to be done where a VM was given up. `isGone` is said only on proof: the host's answer, the host's
 * confirmed loss, or that it was never told. `stop` has the attempt ended there, whatever comes late: null when it is.
 */
export function leaveHost(
  { host, attempt, vnics }: OnHost,
  { isGone, stop }: Pick<Leaving, 'isGone' | 'stop'>,
): Leaving {
  const claims = vnics.flatMap(({ vf }) => (vf ? [claimOf(vf)] : []));
  return { host, attempt, isGone, stop, claims };
}

/** A stop step of its own: told again it is the same, told after a failure or with force it is another. */
export function stopStep(
  { placementId }: Pick<Placement, 'placementId'>,
  { attempt, force, tries = 1 }: { attempt: number; force: boolean; tries?: number },
): NonNullable<Leaving['stop']> {
  return { step: `${placementId}.stop-${attempt}.${tries}`, force, tries };
}

/** The placement without what is over: the attempt has ended there and no claim is left. */
export function withLeaving(placement: Placement, leaving: readonly Leaving[]): Placement {
  return {
    ...placement,
    leaving: leaving.filter(({ isGone, stop, claims }) => !isGone || stop !== null || claims.length > 0),
  };
}

/** Takes in which of the claims that were asked about are left; of what was given up since, nothing is known yet. */
export function withClaimsLeft(
  placement: Placement,
  { asked, left }: { asked: readonly Leaving[]; left: readonly Leaving[] },
): Placement {
  const leaving = placement.leaving.map((each) => {
    if (!asked.some((other) => isSame(each, other))) return each;
    return { ...each, claims: left.find((other) => isSame(each, other))?.claims ?? [] };
  });
  return withLeaving(placement, leaving);
}

/** Takes a host's proof that an attempt is over there; undefined when no such step is open. */
export function stopped(placement: Placement, step: string): Placement | undefined {
  if (!placement.leaving.some(({ stop }) => stop?.step === step)) return undefined;
  return withLeaving(
    placement,
    placement.leaving.map((each) => (each.stop?.step === step ? { ...each, isGone: true, stop: null } : each)),
  );
}

/** A stop that failed is told again as another step; undefined when no such step is open. */
export function stopFailed(placement: Placement, step: string): Placement | undefined {
  if (!placement.leaving.some(({ stop }) => stop?.step === step)) return undefined;
  const leaving = placement.leaving.map((each) => {
    if (each.stop?.step !== step) return each;
    const { force, tries } = each.stop;
    return { ...each, stop: stopStep(placement, { attempt: each.attempt, force, tries: tries + 1 }) };
  });
  return { ...placement, leaving };
}

/** Nothing of the VM is on a host that was confirmed lost; its claims are gone when inventory says so. */
export function leftLostHost(placement: Placement, hostId: string): Placement {
  return withLeaving(
    placement,
    placement.leaving.map((each) => (each.host.id === hostId ? { ...each, isGone: true, stop: null } : each)),
  );
}

function claimOf({
  claimId,
  pciAddress,
  fence,
}: NonNullable<OnHost['vnics'][number]['vf']>): Leaving['claims'][number] {
  return { claimId, pciAddress, fence };
}

function isSame(one: Leaving, other: Leaving): boolean {
  return one.host.id === other.host.id && one.attempt === other.attempt;
}
