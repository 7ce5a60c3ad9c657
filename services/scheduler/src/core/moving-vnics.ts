import type { Placement } from './placement.ts';

/**
 * The vNICs that are unplugged before a VM moves: a VF cannot move, and a bridge gives way to a VF at the destination. The
 * others move along with the domain.
 */
export function movingVnics({ at, to }: Pick<Placement, 'at' | 'to'>): string[] {
  const getsVf = new Set(to?.vnics.flatMap(({ vnic, vf }) => (vf ? [vnic.id] : [])));
  return (at?.vnics ?? []).filter(({ vnic, vf }) => vf !== null || getsVf.has(vnic.id)).map(({ vnic }) => vnic.id);
}
