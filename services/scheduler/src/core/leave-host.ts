import { addNote } from './end-operation.ts';
import type { Leaving, OnHost, PlacedVnic, Placement } from './placement.ts';

/**
 * What is still to be done where a VM was given up. `isGone` is said only on proof: the host's answer, the host's
 * confirmed loss, or that it was never told. `stop` has the attempt ended there, whatever comes late: null when it is.
 */
export function leaveHost(
  { host, attempt, since, vnics }: OnHost,
  { isGone, stop, after = null }: Pick<Leaving, 'isGone' | 'stop'> & Partial<Pick<Leaving, 'after'>>,
): Leaving {
  const claims = vnics.flatMap(({ vf }) => (vf ? [claimOf(vf)] : []));
  return { host, attempt, since, isGone, after, stop, claims };
}

/** A claim that is given up on a host where the VM runs on, or never came to. */
export function leaveClaims(on: OnHost, vnics: readonly PlacedVnic[]): Leaving {
  return leaveHost({ ...on, vnics: [...vnics] }, { isGone: true, stop: null });
}

/** The attempts that may be told to stop now. */
export function stoppable(leaving: readonly Leaving[]): Leaving[] {
  const isOver = (attempt: number) => leaving.every((each) => each.attempt !== attempt || each.isGone);
  return leaving.filter(({ stop, after }) => stop !== null && (after === null || isOver(after)));
}

/** Hosts where nothing may be begun, each with why: those that failed, and those that do not tell what became of it. */
export function hostsLeftOut({ excluded, leaving }: Pick<Placement, 'excluded' | 'leaving'>): Map<string, string> {
  const untold = leaving.filter(({ stop }) => stop !== null).map(({ host }) => host.id);
  const why = 'it has not told yet that what was tried there before is over';
  return new Map([
    ...untold.map((id): [string, string] => [id, why]),
    ...excluded.map(({ host, reason }): [string, string] => [host.id, reason]),
  ]);
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
  const idsOf = (leaving: readonly Leaving[]) =>
    new Set(leaving.flatMap(({ claims }) => claims.map(({ claimId }) => claimId)));
  const [wereAsked, areLeft] = [idsOf(asked), idsOf(left)];
  const isLeft = ({ claimId }: { claimId: string }) => !wereAsked.has(claimId) || areLeft.has(claimId);
  return withLeaving(
    placement,
    placement.leaving.map((each) => ({ ...each, claims: each.claims.filter(isLeft) })),
  );
}

/** Takes a host's proof that an attempt is over there; undefined when no such step is open. */
export function stopped(placement: Placement, step: string): Placement | undefined {
  if (!placement.leaving.some(({ stop }) => stop?.step === step)) return undefined;
  return withLeaving(
    placement,
    placement.leaving.map((each) => (each.stop?.step === step ? { ...each, isGone: true, stop: null } : each)),
  );
}

/** A stop that failed is told again as another step, and who waits for it is told why; undefined when none is open. */
export function stopFailed(
  placement: Placement,
  step: string,
  { cause, remedy }: { cause: string; remedy: string },
): Placement | undefined {
  const failed = placement.leaving.find(({ stop }) => stop?.step === step);
  if (!failed) return undefined;
  const leaving = placement.leaving.map((each) => {
    if (each.stop?.step !== step) return each;
    const { force, tries } = each.stop;
    return { ...each, stop: stopStep(placement, { attempt: each.attempt, force, tries: tries + 1 }) };
  });
  const next = { ...placement, leaving };
  return failed.isGone ? next : addNote(next, `It is not stopped on ${failed.host.name} yet: ${cause}. ${remedy}`);
}

/** Nothing of these attempts is left: their host was confirmed lost. Their claims are gone when inventory says so. */
export function leftLostHost(placement: Placement, lost: readonly Leaving[]): Placement {
  return withLeaving(
    placement,
    placement.leaving.map((each) => (lost.includes(each) ? { ...each, isGone: true, stop: null } : each)),
  );
}

function claimOf({
  claimId,
  pciAddress,
  fence,
}: NonNullable<OnHost['vnics'][number]['vf']>): Leaving['claims'][number] {
  return { claimId, pciAddress, fence };
}
