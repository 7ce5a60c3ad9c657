import type { Leaving, OnHost, Placement } from './placement.ts';

/** A host that was confirmed lost: what was claimed there up to the floor, or meant before that moment, is over. */
export type LostHost = { hostId: string; fenceFloor: number; at: string };

/** Which parts of a placement went with the host. What came there after it was back did not, however late this is told. */
export function lostWith(
  { at, to, leaving }: Pick<Placement, 'at' | 'to' | 'leaving'>,
  lost: LostHost,
  fences: ReadonlyMap<string, number>,
): { at: boolean; to: boolean; leaving: readonly Leaving[] } {
  const isLost = (on: { host: { id: string }; since: string; claims: readonly Fenced[] }): boolean => {
    if (on.host.id !== lost.hostId) return false;
    const known = on.claims.flatMap(({ claimId, fence }) => fence ?? fences.get(claimId) ?? []);
    return known.length > 0 ? known.every((fence) => fence <= lost.fenceFloor) : on.since < lost.at;
  };
  const isLostOn = (on: OnHost | null): boolean =>
    on !== null && isLost({ ...on, claims: on.vnics.flatMap(({ vf }) => vf ?? []) });
  return { at: isLostOn(at), to: isLostOn(to), leaving: leaving.filter(isLost) };
}

type Fenced = { claimId: string; fence: number | null };
