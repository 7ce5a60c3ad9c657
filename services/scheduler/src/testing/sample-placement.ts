import { type Leaving, newPlacement, type OnHost, type OpenOperation, type Placement } from '../core/placement.ts';

const NOW = '2026-01-01T00:00:00.000Z';

const OPERATION: OpenOperation = {
  ...{ id: 'op-1', kind: 'start', actor: { kind: 'user', name: 'admin' }, correlationId: 'op-1' },
  ...{ startedAt: NOW, vnicId: null, hostId: null, force: false },
  ...{ lostRaces: 0, notes: [], problems: [] },
};

/** The placement of the VM `web`, that is down unless told; `operation: 'open'` is that of a start. */
export function samplePlacement({
  operation,
  ...change
}: Partial<Omit<Placement, 'operation'>> & { operation?: Placement['operation'] | 'open' } = {}): Placement {
  const placement = newPlacement({ vm: { id: 'id-web', name: 'web' }, placementId: 'p1', now: NOW });
  return { ...placement, ...change, operation: operation === 'open' ? OPERATION : (operation ?? null) };
}

/** A VM on the host of a name, its first attempt. */
export function sampleOnHost(name: string, vnics: OnHost['vnics'] = []): OnHost {
  return { host: { id: `id-${name}`, name }, attempt: 1, since: NOW, vnics };
}

/** What was given up on the host of a name. */
export function sampleLeaving(name: string, isGone: boolean): Leaving {
  const { host, attempt, since } = sampleOnHost(name);
  return { host, attempt, since, isGone, after: null, stop: null, claims: [] };
}
