import type { Placement } from './placement.ts';

/** Whether a placement waits until claims on a host are gone: those it gave up there, or that of a vNIC that is unplugged. */
export function awaitsClaims({ state, at, plug, leaving }: Placement, hostId: string): boolean {
  const isUnplugged = state === 'releasing-unplugged' && plug?.vf != null && at?.host.id === hostId;
  return isUnplugged || leaving.some(({ host, claims }) => host.id === hostId && claims.length > 0);
}
