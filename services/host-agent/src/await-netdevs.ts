import { awaitPf } from './await-pf.ts';
import type { PfState } from './host.ts';
import { DONE, failed, type StepEnd, type Walking } from './walk.ts';

/**
 * Waits until the VFs of a PF have their netdevs. One that does not come within `limitMs` has its VF bound again, once
 * (F11: an XXV710 now and then leaves a VF without, for ever); if it still does not come that VF is unusable, which the
 * report shows, and the change goes on.
 */
export async function awaitNetdevs(
  walking: Walking,
  { name, count, limitMs }: { name: string; count: number; limitMs: number },
): Promise<StepEnd> {
  const goal = {
    remaining: (pf: PfState) => count - (pf.vfs.length - withoutNetdev(pf).length),
    shows: (pf: PfState) => walking.progress(name, pf.vfs.length - withoutNetdev(pf).length, count),
  };
  const first = await awaitPf(walking, limitMs, goal);
  if (first.kind !== 'late') return endOf(first);

  const { rebindMs } = walking.settings;
  await Promise.all(withoutNetdev(first.pf).map((vf) => walking.host.rebindVf(vf, rebindMs)));
  const second = await awaitPf(walking, rebindMs, goal);
  if (second.kind !== 'late') return endOf(second);
  const unusable = withoutNetdev(second.pf);
  walking.log.warn({ pf: walking.address, unusable }, 'virtual functions without a network device cannot be used');
  return DONE;
}

/** A VF that a rule of the host binds to vfio gets no netdev; one whose netdev is in another namespace has had one. */
function withoutNetdev(pf: PfState): string[] {
  return pf.vfs
    .filter(({ netns, driver }) => netns === 'none' && !driver?.startsWith('vfio'))
    .map(({ pciAddress }) => pciAddress);
}

function endOf(awaited: { kind: 'reached' } | { kind: 'missing' } | (StepEnd & { kind: 'stopped' })): StepEnd {
  switch (awaited.kind) {
    case 'reached':
      return DONE;
    case 'missing':
      return failed({ kind: 'pf-missing' });
    case 'stopped':
      return awaited;
  }
}
