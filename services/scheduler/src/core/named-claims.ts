import type { Placement } from './placement.ts';

/** Every claim that a placement names, wherever it stands: before it is asked for, and until it is gone. */
export function namedClaims({ at, to, plug, leaving }: Placement): string[] {
  const placed = [...(at?.vnics ?? []), ...(to?.vnics ?? []), ...(plug ? [plug] : [])];
  return [
    ...placed.flatMap(({ vf }) => (vf ? [vf.claimId] : [])),
    ...leaving.flatMap(({ claims }) => claims.map(({ claimId }) => claimId)),
  ];
}
